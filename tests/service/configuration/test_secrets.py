"""What is a secret, what is none, and that nothing shows one."""

from __future__ import annotations

import random
import string

import pytest

from archlint.service.configuration.masks import mask_credentials, mask_line
from archlint.service.configuration.secrets import (
    SecretVerdict,
    is_of_own_machine,
    judge,
    masked,
)

NOTHING = [
    ("DATABASE_URL", "postgresql://[user]:[db-password]@[host]:6543/shop"),
    ("SMTP_PASSWORD", "[your password]"),
    ("API_KEY", ""),
    ("API_KEY", "${API_KEY}"),
    ("API_KEY", "${API_KEY:-}"),
    ("API_KEY", "$API_KEY"),
    ("API_KEY", "{{ .Values.apiKey }}"),
    ("API_KEY", "${{ secrets.API_KEY }}"),
    ("API_KEY", "<your key>"),
    ("SECRET_KEY", "SECRET_KEY"),
    ("POSTGRES_PASSWORD", "postgres"),
    ("SECRET_KEY", "OTHER_SECRET_NAME"),
    ("PRIVATE_KEY", "/etc/ssl/key1.pem"),
    ("auth_token", "app.security.make_token"),
    ("password", "the password is wrong 123"),
    ("title", "Zk2l9Qp0a81xVt6b"),
    ("hashed_password", "$2b$12$saltsaltsaltsaltsaltsOhashhashhashhashhashhashhashha"),
    ("url", "https://example.com/a:b@c"),
    ("database_url", "postgresql://localhost/shop"),
    ("broker_url", "amqp://guest:guest@localhost:5672/"),
]
DUMMIES = [
    ("POSTGRES_PASSWORD", "postgres123"),
    ("SECRET_KEY", "changeme"),
    ("SECRET_KEY", "!Ch4ng3Th1sP4ssW0rd!"),
    ("SECRET_KEY", "xxx"),
    ("SECRET_KEY", "dev-secret-key-0123456789abcdef"),
    ("API_KEY", "sk-0000000000"),
    ("API_KEY", "1x0000000000000000000000000000000AA"),
    ("API_KEY", "x-api-key2"),
    ("API_KEY", "your_api_key_1"),
    ("API_KEY", "AKIAIOSFODNN7EXAMPLE"),
    ("auth_token", "oauth2-bearer"),
    ("password", "Welcome@123"),
    ("password", "hunter2"),
    ("password", "P@ssw0rd2024!"),
    ("password", "correcthorsebatterystaple"),
    ("client_secret", "00000000-0000-0000-0000-000000000000"),
    ("secret_key", "deadbeefdeadbeefdeadbeefdeadbeef"),
    ("secret_key", "someCamelCaseIdentifierName"),
    ("secret_key", "9a7sd9f87asd9f87as9df87"),
    ("database_url", "postgresql://shop:shop@db/shop"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@localhost:5672/"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@127.0.0.1/"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@[::1]:5672/"),
    ("queue_url", "http://shop:Vt6bZk2l9Q@moto-server:5000/"),
]
SECRETS = [
    ("SECRET_KEY", "Zk2l9Qp0a81xVt6b"),
    ("SECRET_KEY", "kQzWpLmNvBtYhGfDsRcXjUoE"),
    ("settings.jwt_secret", "JF52S66x6WMoifP5gZreiguYs9LYMn0lkXqgPYoNMD0="),
    ("password", "h4rdT0Gue55it"),
    ("password", "+_8r#wliY3Pv5-HMIf4qzXImYzZf-M=M"),
    ("api_key", "8c1d54e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@broker.internal:5672/"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@motor.example.com:5672/"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@localhost.example.com/"),
    ("broker_url", "amqp://shop:Vt6bZk2l9Q@[2001:db8::1]:5672/"),
    (None, "ghp_" + "k3Jd92LmQx7VnZ4TtBw8RyHc5PgSu6WaEf1K"),
    (None, "AKIA" + "Q3XW5ZJ7TL2NPRKM"),
]


@pytest.mark.parametrize(("name", "value"), NOTHING)
def test_what_is_no_secret(name: str, value: str) -> None:
    assert judge(name, value) is SecretVerdict.NONE


@pytest.mark.parametrize(("name", "value"), DUMMIES)
def test_what_somebody_types_to_have_something_is_a_dummy(name: str, value: str) -> None:
    assert judge(name, value) is SecretVerdict.DUMMY


@pytest.mark.parametrize(("name", "value"), SECRETS)
def test_what_is_a_secret(name: str | None, value: str) -> None:
    assert judge(name, value) is SecretVerdict.SECRET
    assert value not in masked(value)


@pytest.mark.parametrize(
    "value",
    ["localhost", "localhost:5432", "127.0.0.1", "http://shop:x1@127.0.0.1:80/a", "redis://localstack"],
)
def test_what_is_on_the_own_machine(value: str) -> None:
    assert is_of_own_machine(["shop", value])


@pytest.mark.parametrize(
    "value", ["", "localhost.example.com", "http://motor.example.com", "no localhost", "1270.0.0.1"]
)
def test_what_is_on_another_machine(value: str) -> None:
    assert not is_of_own_machine(["shop", value])


LINES = [
    'SECRET_KEY = "{}"',
    "SECRET_KEY: str = '{}'",
    'jwt_secret: SecretStr = SecretStr("{}")',
    'api_key: SecretStr = Field(default="{}", description="The key")',
    'RESET_SECRET = os.getenv("RESET_SECRET", "{}")',
    'user["password"] = "{}"',
    'return client.login(user="shop", password="{}")',
    'options = {{"timeout": 3, "password": "{}"}}',
    "ENV API_KEY={}",
    "ENV API_KEY {}",
    "      SECRET_KEY: {} # a comment",
    "      - SECRET_KEY={}",
    "      - 'SECRET_KEY={}'",
    "          value: {}",
    '          value: "{}"',
    "API_KEY={}",
    "export API_KEY='{}'",
    "sqlalchemy.url = postgresql://shop:{}@db/shop",
    'def connect(password="{}"):',
]


@pytest.mark.parametrize("line", LINES)
def test_no_line_shows_a_secret(line: str) -> None:
    source = random.Random(7)
    letters = string.ascii_letters + string.digits
    for length in (12, 16, 24, 40) * 25:
        secret = "".join(source.choices(letters, k=length))
        if judge("secret", secret) is SecretVerdict.SECRET:
            shown = mask_line(line.format(secret))
            assert secret not in shown
            assert len(shown) == len(line.format(secret))


@pytest.mark.parametrize(
    "line",
    [
        "from app.core.config import settings",
        'engine = create_async_engine(settings.database_url, pool_size=5, connect_args={"timeout": 30})',
        "FROM ghcr.io/astral-sh/uv:0.9.2-python3.13-bookworm-slim AS uv",
        "      - run: uv sync --locked --no-dev",
        'password = Field(min_length=8, description="The password")',
        "secret_key: SecretStr",
        '@router.post("/users/{user_id}/password", response_model=UserRead)',
    ],
)
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert mask_line(line) == line


def test_messages_name_no_credentials() -> None:
    assert mask_credentials("pip install git+https://ada:Zk2l9Qp0@git.example/x") == (
        "pip install git+https://************@git.example/x"
    )
    assert mask_credentials("git+ssh://git@git.example/x and ${A}://${B}@c") == (
        "git+ssh://git@git.example/x and ${A}://${B}@c"
    )


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # archlint: ignore[BA9999, A1b2C3d4E5f6G7h8I9j0K1l2] why",
        'revision = "a1B2c3D4e5F6a7B8"',
        'down_revision: str | None = "9f8E7d6C5b4A3f2e"',
        "      - uses: actions/checkout@8f4b7f84864484a7bf31766abe9204da3cbe65b3",
        "FROM python:3.12@sha256:" + "8f4b7f84864484a7bf31766abe9204da" * 2,
    ],
)
def test_what_only_looks_random_can_be_read(line: str) -> None:
    assert mask_line(line) == line


def test_a_secret_beside_it_is_still_starred_out() -> None:
    line = 'PASSWORD = "hunter2hunter2"  # archlint: ignore[BA0703] why'
    assert mask_line(line) == f'PASSWORD = "{"*" * 14}"  # archlint: ignore[BA0703] why'
