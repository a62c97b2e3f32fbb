"""Settings from the environment, `.env.local` and `.env`, in this order."""

from pathlib import Path

import better_auth_sidecar
from pydantic_settings import SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


class Settings(better_auth_sidecar.Settings):
    """Each field is an environment variable of the same name in upper case."""

    model_config = SettingsConfigDict(env_file=(ROOT / ".env", ROOT / ".env.local"))

    # Your own settings go below this line.


settings = Settings.load()
