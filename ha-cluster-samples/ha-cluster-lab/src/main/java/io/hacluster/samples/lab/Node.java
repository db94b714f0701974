package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node: a manager of its own directory and ports, and the backend that it runs when it
 * leads.
 */
final class Node {

	private static final Pattern CANDIDATE = Pattern.compile("(?m)^ha_cluster_election_candidate\\{[^}]*} 1");

	private static final Duration SERVE_TIMEOUT = Duration.ofSeconds(60);

	private final String name;

	private final Path directory;

	private final int port;

	private final int backendPort;

	private final List<String> command;

	private final Http http;

	private final JsonMapper json = new JsonMapper();

	private @Nullable ChildProcess process;

	private List<ProcessHandle> orphans = List.of();

	Node(String name, Path directory, int port, int backendPort, List<String> command) {
		this(name, directory, port, backendPort, command, new HttpCalls());
	}

	Node(String name, Path directory, int port, int backendPort, List<String> command, Http http) {
		this.name = name;
		this.directory = directory;
		this.port = port;
		this.backendPort = backendPort;
		this.command = new ArrayList<>(command);
		this.http = http;
	}

	String name() {
		return this.name;
	}

	Path database() {
		return this.directory.resolve("data.db");
	}

	Path replica() {
		return this.directory.resolve("replica.db");
	}

	String backendUrl() {
		return "http://127.0.0.1:" + this.backendPort;
	}

	String url() {
		return "http://127.0.0.1:" + this.port;
	}

	void start() {
		try {
			Path temporary = Files.createDirectories(this.directory.resolve("tmp"));
			this.process = ChildProcess.start(this.command, this.directory, this.directory.resolve("manager.log"),
					Map.of("TMPDIR", temporary.toString()));
		}
		catch (IOException ex) {
			throw new LabException("cannot make the directory of " + this.name, ex);
		}
	}

	ChildProcess process() {
		if (this.process == null) {
			throw new LabException(this.name + " has not been started");
		}
		return this.process;
	}

	/**
	 * Kills the JVM of the manager with SIGKILL, and nothing else: its backend has to end
	 * by itself.
	 */
	void kill() {
		this.orphans = process().descendants();
		process().kill();
	}

	/**
	 * Waits until the backend of a killed manager no longer answers.
	 */
	void awaitBackendGone() {
		Await.until("the backend of the killed " + this.name + " has ended", Duration.ofSeconds(10), this::tail,
				() -> !isBackendUp());
	}

	/**
	 * Ends all processes of this node at once, whatever state they are in.
	 */
	void destroy() {
		if (this.process != null) {
			List<ProcessHandle> descendants = this.process.descendants();
			this.process.kill();
			descendants.forEach(ProcessHandle::destroyForcibly);
			this.orphans.forEach(ProcessHandle::destroyForcibly);
		}
	}

	String tail() {
		return process().tail();
	}

	boolean isLeader() {
		return "LEADER".equals(status("role"));
	}

	/**
	 * Returns whether this node follows and would take over. After a restart it first has
	 * to be sure that its id is not in use.
	 * @return whether it stands for election
	 */
	boolean isCandidate() {
		return "FOLLOWER".equals(status("role")) && CANDIDATE.matcher(metrics()).find();
	}

	private String metrics() {
		return this.http.get(url() + "/actuator/prometheus").body();
	}

	/**
	 * Returns the value of a meter, 0 if the node does not answer or has none of that
	 * name.
	 * @param meter its name in the format of Prometheus
	 * @return the sum over all labels
	 */
	double metric(String meter) {
		return metrics().lines()
			.filter((line) -> line.startsWith(meter + "{") || line.startsWith(meter + " "))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	/**
	 * Returns the time spent in starting the backend since the start of the process.
	 */
	Duration backendStart() {
		return StepTimes.backendStarts(metrics());
	}

	/**
	 * Returns what the health endpoint says, whatever its status.
	 */
	String health() {
		return this.http.get(url() + "/actuator/health").body();
	}

	boolean isBackendUp() {
		return this.http.get(backendUrl() + "/health").isOk();
	}

	/**
	 * Returns a field of the leader endpoint.
	 * @param field the name of the field
	 * @return its value as text, empty if the node does not answer
	 */
	String status(String field) {
		HttpCalls.Answer answer = this.http.get(url() + "/actuator/leader");
		if (!answer.isOk()) {
			return "";
		}
		try {
			JsonNode value = this.json.readTree(answer.body()).path(field);
			return value.asString("");
		}
		catch (JacksonException ex) {
			throw new LabException(this.name + " answered with " + answer.body(), ex);
		}
	}

	void stepDown() {
		HttpCalls.Answer answer = this.http.post(url() + "/actuator/leader", "application/json",
				"{\"action\":\"step-down\"}");
		// No answer in time says nothing; whether somebody else takes over does
		if (!answer.isOk() && answer.status() != 0) {
			throw new LabException(this.name + " refused to step down: " + answer.status() + " " + answer.body());
		}
	}

	/**
	 * Appends a row through the backend.
	 * @param id the number of the row
	 * @return whether it was acknowledged
	 */
	boolean append(long id) {
		return this.http.post(backendUrl() + "/rows?id=" + id, "text/plain", Rows.payload(id)).isOk();
	}

	/**
	 * Returns whether the replica of this node holds a row.
	 * @param id the number of the row
	 * @return {@code false} also while there is no replica
	 */
	boolean replicates(long id) {
		try (DatabaseFile database = DatabaseFile.open(replica())) {
			return database.holds(id);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	/**
	 * Returns the time spent in the steps of promotions since the start of the process,
	 * without those of the backend.
	 * @return the time
	 */
	Duration promotionTime() {
		return StepTimes.promotions(metrics());
	}

	/**
	 * Reads all rows from the backend.
	 * @return the rows
	 */
	Rows serve() {
		TreeMap<Long, String> rows = new TreeMap<>();
		long after = 0;
		while (true) {
			String body = servedAfter(after);
			for (String line : body.lines().toList()) {
				String[] parts = line.split("\t", 2);
				after = Long.parseLong(parts[0]);
				rows.put(after, parts[1]);
			}
			if (body.isEmpty()) {
				return new Rows(rows);
			}
		}
	}

	/**
	 * What it holds is asked, not how fast it answers.
	 */
	private String servedAfter(long row) {
		return Await.value("the backend of " + this.name + " serves its rows", SERVE_TIMEOUT, this::tail, () -> {
			HttpCalls.Answer answer = this.http.get(backendUrl() + "/rows?after=" + row);
			return answer.isOk() ? answer.body() : null;
		});
	}

}
