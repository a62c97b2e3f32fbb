import { getSessionCookie } from "better-auth/cookies";
import { NextResponse, type NextRequest } from "next/server";
import { env, trustedOrigins } from "./lib/env.ts";

const own = [new URL(env.BETTER_AUTH_URL).origin, ...trustedOrigins];

/** Runs before every page and route; better-auth checks its own routes. */
export function proxy(request: NextRequest) {
  const { pathname } = request.nextUrl;
  if (pathname.startsWith("/api/auth/")) return NextResponse.next();

  // Pages of other origins cannot write with a user's cookies.
  const isRead = ["GET", "HEAD", "OPTIONS"].includes(request.method);
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const isOwn = origin === null ? !site || site === "same-origin" : own.includes(origin);
  if (!isRead && !isOwn) {
    const message = "Requests from this origin are not accepted.";
    return NextResponse.json({ message }, { status: 403 });
  }

  // Only saves a round trip: the page itself checks the session.
  if (pathname.startsWith("/auth/account") && !getSessionCookie(request)) {
    return NextResponse.redirect(new URL(`/auth/sign-in${request.nextUrl.search}`, request.url));
  }
  return NextResponse.next();
}

export const config = { matcher: "/((?!_next/).*)" };
