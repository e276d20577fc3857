// Logs in, lists and records a repayment with the types of openapi-typescript; then sends it again.
import createClient from "openapi-fetch";
import type { paths } from "./generated/schema.js";

declare const process: { argv: string[] };

const api = createClient<paths>({ baseUrl: process.argv[2] });
const must = <T>(value: T | undefined, why: unknown): T => {
  if (value === undefined) throw new Error(JSON.stringify(why));
  return value;
};

const session = await api.POST("/v1/sessions", { body: { login: "thuquy", password: "mot-dong-cung-ghi" } });
const headers = { authorization: `Bearer ${must(session.data, session.error).access_token}` };

const unit = 13141;
const list = await api.GET("/v1/units/{unit}/support", { params: { path: { unit }, query: { limit: 2 } }, headers });
const agreement = must(must(list.data, list.error).items[0], "no agreement").agreement_id;
const key = crypto.randomUUID();
const repay = () =>
  api.POST("/v1/units/{unit}/support/{agreement}/repayments", {
    params: { path: { unit, agreement }, header: { "Idempotency-Key": key } },
    body: { amount: "1000", received_on: "2026-11-23", till: "cash" },
    headers,
  });
const first = await repay();
const again = await repay();
const number = must(first.data, first.error).journal_no;
if (must(again.data, again.error).journal_no !== number || first.response.status !== 201) throw new Error("not the same");
console.log("fetch: journal", number);
