import { currentSession } from "../../lib/session.ts";

/** Protected: answers only to those who are signed in. */
export async function GET() {
  const session = await currentSession();
  return session
    ? Response.json(session.user)
    : Response.json({ message: "Sign in first." }, { status: 401 });
}
