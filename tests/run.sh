#!/usr/bin/env bash
# Runs the database tests on PostgreSQL, then the whole suite on SQLite (races on both); says what is
# left out.
# REQUIRE_POSTGRES=1, REQUIRE_BROWSER=1 and REQUIRE_NODE=1 make it fail rather than leave something
# out.
set -euo pipefail
cd "$(dirname "$0")/.."
export TEST_POSTGRES_URL="${TEST_POSTGRES_URL:-postgres://postgres@127.0.0.1:5432/postgres}"
unset DATABASE_URL
left_out=()

if .venv/bin/python -m tests.postgres_answers "$TEST_POSTGRES_URL"; then
    echo "== Database tests on PostgreSQL"
    DATABASE_URL="$TEST_POSTGRES_URL" .venv/bin/python -m pytest -q -n auto -m "database and not races"
elif [ "${REQUIRE_POSTGRES:-}" = 1 ]; then
    echo "PostgreSQL does not answer at the address in TEST_POSTGRES_URL." >&2
    exit 1
else
    left_out+=("PostgreSQL: no server answers at TEST_POSTGRES_URL")
fi

[ -x /usr/bin/chromium ] || left_out+=("the browser tests: apt-get install chromium")
if command -v npm >/dev/null; then
    npm ci --silent --prefix tests/calendar || [ "${REQUIRE_NODE:-}" != 1 ]
else
    left_out+=("calendar files read back by ical.js: apt-get install npm")
fi
for reason in "${left_out[@]}"; do
    echo "== Left out: $reason"
done
echo "== On SQLite: what needs no browser"
.venv/bin/python -m pytest -q -n auto -m "not races and not browser"
echo "== Browsers"
.venv/bin/python -m pytest -q -n auto -m "browser and not races"
# What is about time has the machine to itself.
echo "== Races, on both databases"
.venv/bin/python -m pytest -q -m races
