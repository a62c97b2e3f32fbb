import { connection } from "next/server";
import { prisma } from "../../lib/prisma.ts";

export async function GET() {
  await connection(); // at each request, not once during the build
  try {
    await prisma.$queryRaw`SELECT 1`;
    return Response.json({ status: "ok" });
  } catch (error) {
    console.error(error);
    return Response.json({ status: "the database cannot be reached" }, { status: 503 });
  }
}
