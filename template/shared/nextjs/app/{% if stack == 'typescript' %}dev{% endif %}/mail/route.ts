import { connection } from "next/server";
import { sender } from "../../../lib/mail.ts";

/** The mails of development; not there in production. */
export async function GET(request: Request) {
  await connection(); // at each request, not once during the build
  return sender.page(request);
}
