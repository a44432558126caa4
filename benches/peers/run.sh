#!/usr/bin/env bash
# The same ballots and moves in PostgreSQL and in Archipel, in turn, in one run.
#
#   benches/peers/run.sh [BALLOTS [MOVES [ROUNDS]]]      1,000,000, as many, and 7 unless told
#
#   ARCHIPEL   the binary (built as target/release/archipel unless told)
#   LOG        an existing log directory to use instead of generating one
#   WORK       where to put everything (a new directory under $TMPDIR, deleted afterwards)
#   THREADS    threads of the replay (all cores)
#   PG_BIN     directory of initdb and postgres (the newest in /usr/lib/postgresql)
#
# PostgreSQL runs as a private cluster on a Unix socket only. It refuses to run as root: as root,
# this script starts it as the user `postgres` (or PG_USER), who must be able to reach WORK.
# Prints a table, and writes JSON to WORK/result.json and, if it is set, to $RESULT.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ballots=${1:-1000000}
moves=${2:-$ballots}
rounds=${3:-7}
threads=${THREADS:-$(nproc)}
target=${CARGO_TARGET_DIR:-$root/target}
archipel=${ARCHIPEL:-$target/release/archipel}
peer=$target/release/examples/peer
pg_bin=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
[ -x "$pg_bin/initdb" ] || { echo "no PostgreSQL server binaries; set PG_BIN" >&2; exit 1; }

made_work=
if [ -z "${WORK:-}" ]; then WORK=$(mktemp -d "${TMPDIR:-/tmp}/archipel-peers.XXXXXX"); made_work=1; fi
mkdir -p "$WORK"
chmod 755 "$WORK"
pg=$WORK/pg
postmaster=
clean_up() {
  if [ -n "$postmaster" ] && kill -0 "$postmaster" 2>/dev/null; then
    kill -INT "$postmaster"                       # fast shutdown, of this very process
    for _ in $(seq 100); do kill -0 "$postmaster" 2>/dev/null || break; sleep 0.1; done
  fi
  rm -rf "$pg" "$WORK/csv"
  if [ -n "$made_work" ]; then rm -rf "$WORK"; fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

as_pg() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  pg_user=${PG_USER:-postgres}
  as_pg() { setpriv --reuid="$pg_user" --regid="$pg_user" --init-groups "$@"; }
fi

echo "# building" >&2
(cd "$root" && cargo build --quiet --release -p archipel --example peer)
if [ -z "${ARCHIPEL:-}" ]; then
  (cd "$root" && cargo build --quiet --release -p archipel-cli)
fi

# The log.
log=${LOG:-$WORK/log}
if [ -z "${LOG:-}" ]; then
  echo "# generating $ballots ballots and $moves moves" >&2
  "$archipel" generate --members 20000 --ballots "$ballots" --moves "$moves" --seed 7 "$log" \
    --json > "$WORK/generate.json"
fi
mkdir -p "$WORK/csv"
"$peer" export "$log" "$WORK/csv"
views=()
if [ -s "$WORK/csv/ballots.csv" ]; then views+=(tallies); fi
if [ -s "$WORK/csv/moves.csv" ]; then views+=(balances); fi
for view in "${views[@]}"; do "$peer" totals "$log" "$view" "$WORK/$view.ours"; done

# The cluster. Everything in favour of a reader: parallel plans at once, no write-ahead log to
# speak of, much memory for sorting and hashing, no just-in-time compilation unless it pays.
mkdir -p "$pg/socket"
if [ "$(id -u)" = 0 ]; then chown -R "$pg_user" "$pg"; fi
settings=(
  -c listen_addresses='' -c unix_socket_directories="$pg/socket"
  -c shared_buffers=2GB -c work_mem=1GB -c maintenance_work_mem=1GB
  -c effective_cache_size=8GB -c wal_level=minimal -c max_wal_senders=0 -c fsync=off
  -c max_wal_size=16GB -c checkpoint_timeout=1h -c autovacuum=off
  -c max_worker_processes=16 -c max_parallel_workers="$threads"
  -c max_parallel_workers_per_gather="$threads" -c max_parallel_maintenance_workers="$threads"
  -c parallel_setup_cost=0 -c parallel_tuple_cost=0.01 -c min_parallel_table_scan_size=0
  -c min_parallel_index_scan_size=0 -c random_page_cost=1.1
)
echo "# PostgreSQL: $("$pg_bin/postgres" --version)" >&2
as_pg "$pg_bin/initdb" -D "$pg/data" -U peer -A trust -E UTF8 --no-sync > "$pg.initdb" 2>&1 \
  || { cat "$pg.initdb" >&2; exit 1; }
rm -f "$pg.initdb"
as_pg "$pg_bin/postgres" -D "$pg/data" "${settings[@]}" > "$WORK/postgres.log" 2>&1 &
sql() { "$pg_bin/psql" -h "$pg/socket" -U peer -d postgres -X -q -v ON_ERROR_STOP=1 -A -t -F , "$@"; }
for _ in $(seq 100); do sql -c 'select 1' > /dev/null 2>&1 && break; sleep 0.1; done
postmaster=$(head -1 "$pg/data/postmaster.pid")

load_started=$(date +%s.%N)
sql <<SQL
begin;
create table ballots (vote int not null, voter int not null, mark smallint not null, position bigint not null);
create table moves (account int not null, amount bigint not null);
\\copy ballots from '$WORK/csv/ballots.csv' (format csv)
\\copy moves from '$WORK/csv/moves.csv' (format csv)
commit;
create index covering on ballots (vote, voter, position desc) include (mark);
vacuum (analyze) ballots;
vacuum (analyze) moves;
SQL
loaded=$(echo "$(date +%s.%N) - $load_started" | bc)
rm -rf "$WORK/csv"

tallies_sql='select vote, mark, count(*) from (select distinct on (vote, voter) vote, mark from ballots order by vote, voter, position desc) last group by vote, mark order by vote, mark'
balances_sql='select account, sum(amount) from moves group by account having sum(amount) <> 0 order by account'

# The totals must be the same, or no time means anything.
for view in "${views[@]}"; do
  eval "query=\$${view}_sql"
  sql -c "$query" > "$WORK/$view.theirs"
  cmp "$WORK/$view.ours" "$WORK/$view.theirs" || { echo "the totals of $view differ" >&2; exit 1; }
  sql -c "explain (analyze, timing off) $query" > "$WORK/$view.plan"
done

# A new process of ours, from `exec` to its end, against one query on a warm connection's cluster:
# \timing's figure, which leaves out the start of psql. Both with warm caches: a round before.
if "$archipel" replay --help > /dev/null 2>&1; then
  replay() { "$archipel" replay --data "$log" --view "$1" --threads "$threads" --json; }
  subject="archipel replay"
else
  replay() { "$peer" replay "$log" "$1" "$threads"; }
  subject="peer replay (example)"
fi
ours() { # seconds of a whole process, then CPU-seconds
  local before after
  before=$(date +%s.%N)
  TIMEFORMAT='%U %S'
  { time replay "$1" > "$WORK/$1.json"; } 2> "$WORK/$1.cpu"
  after=$(date +%s.%N)
  echo "$after - $before" | bc
}
# The query's result is counted on the server, so that sending it is not in the figure.
theirs() {
  eval "local query=\$${1}_sql"
  sql -c '\timing on' -c "select count(*) from ($query) result" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' \
    | awk '{ printf "%.4f\n", $1 / 1000 }'
}
median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo "# $rounds rounds in turn, load $(cut -d' ' -f1-3 /proc/loadavg)" >&2
for view in "${views[@]}"; do
  : > "$WORK/$view.a"; : > "$WORK/$view.p"; : > "$WORK/$view.c"
  ours "$view" > /dev/null; theirs "$view" > /dev/null
  for _ in $(seq "$rounds"); do
    theirs "$view" >> "$WORK/$view.p"
    ours "$view" >> "$WORK/$view.a"
    awk '{ print $1 + $2 }' "$WORK/$view.cpu" >> "$WORK/$view.c"
  done
done

{
  printf '{"postgresql":"%s","subject":"%s","threads":%s,"rounds":%s,"load_seconds":%.1f,"loadavg":"%s"' \
    "$("$pg_bin/postgres" --version)" "$subject" "$threads" "$rounds" "$loaded" \
    "$(cut -d' ' -f1-3 /proc/loadavg)"
  for view in "${views[@]}"; do
    a=$(median "$WORK/$view.a"); p=$(median "$WORK/$view.p"); c=$(median "$WORK/$view.c")
    printf ',"%s":{"postgresql_seconds":%s,"archipel_seconds":%s,"archipel_cpu_seconds":%s,"ratio":%.2f,"postgresql_rounds":[%s],"archipel_rounds":[%s],"replay":%s}' \
      "$view" "$p" "$a" "$c" "$(echo "$p / $a" | bc -l)" \
      "$(paste -sd, "$WORK/$view.p")" "$(paste -sd, "$WORK/$view.a")" "$(tail -1 "$WORK/$view.json")"
  done
  printf '}\n'
} | sed 's/:\./:0./g; s/\([[,]\)\./\10./g' > "$WORK/result.json"
if [ -n "${RESULT:-}" ]; then cp "$WORK/result.json" "$RESULT"; fi

printf '%-10s %14s %14s %12s %8s\n' view 'PostgreSQL s' 'Archipel s' 'CPU-s' ratio
for view in "${views[@]}"; do
  a=$(median "$WORK/$view.a"); p=$(median "$WORK/$view.p"); c=$(median "$WORK/$view.c")
  printf '%-10s %14.3f %14.3f %12.2f %8.2f\n' "$view" "$p" "$a" "$c" "$(echo "$p / $a" | bc -l)"
done
for view in "${views[@]}"; do echo; echo "plan of $view:"; cat "$WORK/$view.plan"; done
cat "$WORK/result.json"
