// Logs in, lists and records a repayment with the functions that hey-api makes; then sends it again.
import { client } from "./generated/sdk/client.gen.js";
import { listAgreements, logIn, recordRepayment } from "./generated/sdk/index.js";

declare const process: { argv: string[] };

client.setConfig({ baseUrl: process.argv[2] as string, throwOnError: true });
const throwOnError = true;

const session = await logIn({ body: { login: "thuquy", password: "mot-dong-cung-ghi" }, throwOnError });
const headers = { authorization: `Bearer ${session.data.access_token}` };

const list = await listAgreements({ path: { unit: 13141 }, query: { limit: 2 }, headers, throwOnError });
const agreement = list.data.items[0]?.agreement_id;
if (agreement === undefined) throw new Error("no agreement");
const once = {
  path: { unit: 13141, agreement },
  headers: { ...headers, "Idempotency-Key": crypto.randomUUID() },
  body: { amount: "1000", received_on: "2026-11-23", till: "cash" as const },
  throwOnError,
} as const;
const first = await recordRepayment(once);
const again = await recordRepayment(once);
if (first.data.journal_no !== again.data.journal_no || first.response.status !== 201) throw new Error("not the same");
console.log("sdk: journal", first.data.journal_no);
