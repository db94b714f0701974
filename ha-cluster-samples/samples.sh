# What the scripts that start samples share. They set "sample", the name that their messages begin with, and "directory",
# where the nodes keep their files, and source this.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
samples=$root/ha-cluster-samples
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
patience=${HA_PATIENCE:-120}
names=()
declare -A pids

say() {
	echo "$sample: $*" >&2
}

fail() {
	local log
	say "FAILED: $*"
	for log in "$directory"/*.log; do
		[ -f "$log" ] && echo "--- $log" >&2 && tail -n 15 "$log" >&2
	done
	exit 1
}

jar() {
	echo "$samples/$1/target/$1-0.1.0-SNAPSHOT.jar"
}

# start NAME COMMAND...: what it writes goes into a log of that name.
start() {
	local name=$1
	shift
	"$@" >>"$directory/$name.log" 2>&1 </dev/null &
	pids[$name]=$!
	# No word about it from the shell when it is killed.
	disown
	names+=("$name")
}

# Enough for a sample, and leaves room for three of them.
small=(-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)

start_jar() {
	local name=$1 jar=$2
	shift 2
	start "$name" "$java" "${small[@]}" -jar "$jar" "$@"
}

# Stops all in the order in which they were started, and waits for each.
stop_all() {
	local name
	for name in ${names[@]+"${names[@]}"}; do
		stop "$name" TERM
	done
	names=()
}

# stop NAME SIGNAL
stop() {
	local waited=0
	[ -n "${pids[$1]:-}" ] || return 0
	kill -"$2" "${pids[$1]}" 2>/dev/null || true
	while kill -0 "${pids[$1]}" 2>/dev/null && [ $((waited += 1)) -le 300 ]; do
		sleep 0.1
	done
	kill -KILL "${pids[$1]}" 2>/dev/null || true
	unset "pids[$1]"
}

# await WHAT COMMAND...: until the command succeeds.
await() {
	local what=$1 end=$((SECONDS + patience)) name
	shift
	until "$@"; do
		for name in "${!pids[@]}"; do
			kill -0 "${pids[$name]}" 2>/dev/null || fail "$name has ended"
		done
		[ $SECONDS -lt $end ] || fail "not within $patience s: $what"
		sleep 0.3
	done
	say "$what"
}

get() {
	curl --silent --show-error --fail --max-time 5 "$@" 2>/dev/null
}

# Those of a sample follow one another, so that none is given out twice; "check", which starts several samples at a time,
# says where each of them begins.
next_port=${HA_FIRST_PORT:-$((20000 + RANDOM % 100 * 100))}

# free_port VARIABLE: sets it to a port that nobody listens on.
free_port() {
	while (exec 3<>"/dev/tcp/127.0.0.1/$next_port") 2>/dev/null; do
		next_port=$((next_port + 1))
	done
	printf -v "$1" %s "$next_port"
	next_port=$((next_port + 1))
}
