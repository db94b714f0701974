package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param command what to run
 * @param store where leases and the log are kept
 * @param natsServer nats-server binary, for that store
 * @param manager executable jar of the manager
 * @param backend executable jar of the backend
 * @param lease lease duration
 * @param renew renew interval
 * @param directory where the nodes live; a temporary directory if null
 * @param keep whether that directory is left behind
 * @param json whether the result goes to the standard output as JSON and nothing else
 * @param litestream the executable of the Litestream to measure beside, if there is one
 * @param large size in MiB of the large database of the benchmark
 * @param largest size in MiB of the largest database of the benchmark, of which only the
 * promotion is measured
 * @param rows what the benchmark measures
 * @param ip the command of iproute2
 * @param keepalived the executable of the keepalived to measure beside, if there is one
 * @param runs how often each failover is measured
 * @param faults which faults befall the hosts
 */
record LabOptions(Command command, Store store, @Nullable Path natsServer, Path manager, Path backend, Duration lease,
		Duration renew, @Nullable Path directory, boolean keep, boolean json, @Nullable Path litestream, int large,
		int largest, Set<BenchmarkRow> rows, String ip, @Nullable Path keepalived, int runs, Set<Fault> faults) {

	static final String USAGE = """
			usage: ./demo [options]
			       ./demo hosts [options]                     hosts to try faults on by hand; needs root
			       ./demo faults [FAULT]... [options]         what befalls hosts; needs root
			       ./demo failover [--runs 10] [options]      how long clients wait; needs root
			       ./demo bench [lag|throughput|cpu|memory|restore|promotion|outage|idle|all]... [options]
			  --store nats|local  where leases and the log are kept (default: nats)
			  --lease 3s          lease duration, at least 1s: a crash is noticed after about that long (default: 3s; bench: 10s)
			  --json              print the result as JSON and nothing else
			  --keep              leave the directories of the nodes behind
			  --dir DIR           where the nodes live (default: a temporary directory)
			  --large MIB         size of the large database (bench; default: 1024)
			  --largest MIB       size of the largest database to promote (bench; default: 5120)
			  --litestream BIN    Litestream to measure beside (bench)
			  --ip BIN            the command of iproute2 (hosts, faults, failover; default: that of the PATH)
			  --keepalived BIN    keepalived to measure beside (failover)
			  --runs 10           how often each is measured (failover)
			""";

	enum Command {

		DEMO, BENCH, HOSTS, FAULTS, FAILOVER

	}

	enum Store {

		NATS, LOCAL

	}

	/**
	 * Reads the command line.
	 * @param arguments the command and its options
	 * @return the options
	 * @throws IllegalArgumentException with a message for people
	 */
	static LabOptions parse(List<String> arguments) {
		Deque<String> rest = new ArrayDeque<>(arguments);
		Command command = Command.DEMO;
		Store store = Store.NATS;
		Path natsServer = null;
		Path manager = null;
		Path backend = null;
		Path directory = null;
		Duration lease = null;
		boolean keep = false;
		boolean json = false;
		Path litestream = null;
		String ip = "ip";
		Path keepalived = null;
		int runs = 10;
		Set<Fault> faults = EnumSet.noneOf(Fault.class);
		int large = 1024;
		int largest = 5120;
		Set<BenchmarkRow> rows = EnumSet.noneOf(BenchmarkRow.class);
		while (!rest.isEmpty()) {
			String option = rest.pop();
			switch (option) {
				case "demo", "bench", "hosts", "faults", "failover" ->
					command = constant(Command.class, option, option);
				case "--store" -> store = constant(Store.class, option, value(option, rest));
				case "--nats-server" -> natsServer = Path.of(value(option, rest));
				case "--manager" -> manager = Path.of(value(option, rest));
				case "--backend" -> backend = Path.of(value(option, rest));
				case "--dir" -> directory = Path.of(value(option, rest)).toAbsolutePath();
				case "--lease" -> lease = seconds(option, value(option, rest));
				case "all" -> rows.addAll(EnumSet.allOf(BenchmarkRow.class));
				case "--litestream" -> litestream = Path.of(value(option, rest));
				case "--ip" -> ip = value(option, rest);
				case "--keepalived" -> keepalived = Path.of(value(option, rest));
				case "--runs" -> runs = number(option, value(option, rest));
				case "--largest" -> largest = number(option, value(option, rest));
				case "--large" -> large = number(option, value(option, rest));
				case "--keep" -> keep = true;
				case "--json" -> json = true;
				default -> {
					if (command == Command.FAULTS) {
						faults.add(fault(option));
					}
					else {
						rows.add(row(option));
					}
				}
			}
		}
		if (manager == null || backend == null) {
			throw new IllegalArgumentException("the jars are missing: --manager JAR --backend JAR");
		}
		if (store == Store.NATS && natsServer == null) {
			throw new IllegalArgumentException("the server is missing: --nats-server BINARY, or --store local");
		}
		if (lease == null) {
			lease = Duration.ofSeconds((command == Command.BENCH) ? 10 : 3);
		}
		if (command != Command.BENCH && !rows.isEmpty()) {
			throw new IllegalArgumentException("what to measure goes with 'bench'");
		}
		return new LabOptions(command, store, natsServer, manager, backend, lease, lease.dividedBy(4), directory, keep,
				json, litestream, large, largest, rows.isEmpty() ? EnumSet.allOf(BenchmarkRow.class) : rows, ip,
				keepalived, runs, faults.isEmpty() ? EnumSet.allOf(Fault.class) : faults);
	}

	/**
	 * Returns these options for one of several clusters, each with a directory of its
	 * own.
	 * @param name the directory below the one that was asked for, if one was
	 * @return the options
	 */
	LabOptions below(String name) {
		Path below = (this.directory != null) ? this.directory.resolve(name) : null;
		return new LabOptions(this.command, this.store, this.natsServer, this.manager, this.backend, this.lease,
				this.renew, below, this.keep, this.json, this.litestream, this.large, this.largest, this.rows, this.ip,
				this.keepalived, this.runs, this.faults);
	}

	private static BenchmarkRow row(String argument) {
		for (BenchmarkRow row : BenchmarkRow.values()) {
			if (row.name().equalsIgnoreCase(argument)) {
				return row;
			}
		}
		throw new IllegalArgumentException("unknown argument '" + argument + "'");
	}

	private static Fault fault(String argument) {
		for (Fault fault : Fault.values()) {
			if (fault.text().equals(argument)) {
				return fault;
			}
		}
		throw new IllegalArgumentException("unknown fault '" + argument + "'; there are "
				+ EnumSet.allOf(Fault.class).stream().map(Fault::text).collect(Collectors.joining(", ")));
	}

	private static String value(String option, Deque<String> rest) {
		String value = rest.poll();
		if (value == null) {
			throw new IllegalArgumentException("'" + option + "' needs a value");
		}
		return value;
	}

	private static <E extends Enum<E>> E constant(Class<E> type, String option, String value) {
		for (E constant : type.getEnumConstants()) {
			if (constant.name().equalsIgnoreCase(value)) {
				return constant;
			}
		}
		throw new IllegalArgumentException("'" + option + "' cannot be '" + value + "'");
	}

	private static Duration seconds(String option, String value) {
		return Duration.ofSeconds(number(option, value.endsWith("s") ? value.substring(0, value.length() - 1) : value));
	}

	private static int number(String option, String value) {
		if (!value.matches("[1-9][0-9]{0,5}")) {
			throw new IllegalArgumentException("'" + option + "' cannot be '" + value + "'");
		}
		return Integer.parseInt(value);
	}

}
