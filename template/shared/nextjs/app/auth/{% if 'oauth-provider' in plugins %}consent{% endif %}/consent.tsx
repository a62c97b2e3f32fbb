"use client";

import { Action } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function Consent() {
  return (
    <div className="flex gap-3">
      <Action label="Allow" run={() => authClient.oauth2.consent({ accept: true })} />
      <Action label="Deny" run={() => authClient.oauth2.consent({ accept: false })} />
    </div>
  );
}
