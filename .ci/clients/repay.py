"""Logs in, lists and records a repayment with the generated Python client; then sends it again."""

import datetime
import sys
import uuid

from so_quy import AuthenticatedClient, Client
from so_quy.api.sessions import log_in
from so_quy.api.support import list_agreements, preview_support_repayment, record_repayment
from so_quy.models import Credentials, NewRepayment, PageListed, Receipt, Session, SupportPreview

api, unit = sys.argv[1], 13141

session = log_in.sync(client=Client(base_url=api), body=Credentials(login="thuquy", password="mot-dong-cung-ghi"))
assert isinstance(session, Session), session
client = AuthenticatedClient(base_url=api, token=session.access_token)

first = list_agreements.sync(unit, client=client, limit=2)
assert isinstance(first, PageListed) and isinstance(first.next_, str), first
second = list_agreements.sync(unit, client=client, limit=2, after=first.next_)
assert isinstance(second, PageListed) and first.items[0] != second.items[0], second

agreement = first.items[0].agreement_id
body = NewRepayment(amount="1000", received_on=datetime.date(2026, 11, 23), till="cash")
seen = preview_support_repayment.sync(unit, agreement, client=client, body=body)
assert isinstance(seen, SupportPreview), seen
key = str(uuid.uuid4())
first_time, again = [
    record_repayment.sync_detailed(unit, agreement, client=client, body=body, idempotency_key=key) for _ in range(2)
]
assert first_time.status_code == 201 and isinstance(first_time.parsed, Receipt), first_time
assert first_time.parsed == again.parsed and again.headers["idempotent-replayed"] == "true"
print("python: journal", first_time.parsed.journal_no)
