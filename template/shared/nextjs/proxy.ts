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

  // Next.js takes the nonce for its scripts from the policy; yours find it in x-nonce.
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** https://nextjs.org/docs/app/guides/content-security-policy */
function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' blob: data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = { matcher: "/((?!_next/).*)" };
