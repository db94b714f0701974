package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test bed for all faults of a class, because nodes take long to start. After a test
 * that failed there is a new one.
 */
final class FaultBed implements BeforeAllCallback, AfterAllCallback {

	/**
	 * With a lease of 3 s a leader that did not run for its margin, 600 ms, gives up. The
	 * thread that looks stands for those of other processes: half of that.
	 */
	static final Duration TOLERABLE = Duration.ofMillis(300);

	private static final Path SAMPLES = Path.of("..").toAbsolutePath().normalize();

	/** The machine that runs the tests does something else at the same time. */
	private static final int PATIENCE = 4;

	private static final int ATTEMPTS = 3;

	private @Nullable LabOptions options;

	private @Nullable Bed bed;

	private @Nullable FaultRun run;

	@Override
	public void beforeAll(ExtensionContext context) throws IOException {
		require(System.getProperty("os.name").equals("Linux"), "hosts are network namespaces of Linux");
		require(System.getProperty("user.name").equals("root"), "hosts are network namespaces, which need root");
		Path manager = jar("ha-cluster-sample-manager");
		Path backend = jar("ha-cluster-sample-backend");
		this.options = LabOptions.parse(List.of("faults", "--manager", manager.toString(), "--backend",
				backend.toString(), "--ip", script("iproute2"), "--nats-server", script("nats-server")));
	}

	/**
	 * Lets a fault befall the leader and checks what comes of it. When the machine stood
	 * still meanwhile, a client that waited or another leader than expected says nothing,
	 * and it is tried again. For two holders of the virtual IP, two backends, or lost
	 * rows that is no excuse.
	 * @param fault the fault
	 */
	void befall(Fault fault) throws SQLException {
		for (int attempt = 1;; attempt++) {
			try (Stalls stalls = new Stalls()) {
				List<String> delays = attempt(fault);
				if (delays.isEmpty()) {
					return;
				}
				close();
				long stall = stalls.longest().toMillis();
				assertThat(attempt < ATTEMPTS && stall >= TOLERABLE.toMillis())
					.as("%s, attempt %d, in which the machine stood still for %d ms at most: %s", fault.text(), attempt,
							stall, String.join("\n", delays))
					.isTrue();
				System.out.println("TRIED AGAIN: " + fault.text() + ", because the machine stood still for " + stall
						+ " ms: " + delays.get(0).lines().findFirst().orElse(""));
			}
		}
	}

	private List<String> attempt(Fault fault) throws SQLException {
		try {
			FaultResult result = run().run(fault);
			if (!result.harm().isEmpty()) {
				close();
			}
			assertThat(result.harm()).as(fault.text()).isEmpty();
			return result.delays();
		}
		catch (LabException ex) {
			return List.of(String.valueOf(ex.getMessage()));
		}
	}

	private FaultRun run() {
		if (this.run == null) {
			assertThat(this.options).isNotNull();
			Bed created = Bed.create(this.options, "test", Map.of());
			this.bed = created;
			this.run = new FaultRun(created, new Progress(System.out), PATIENCE);
		}
		return this.run;
	}

	@Override
	public void afterAll(ExtensionContext context) {
		close();
	}

	private void close() {
		if (this.bed != null) {
			this.bed.close();
		}
		this.bed = null;
		this.run = null;
	}

	private static Path jar(String module) {
		Path jar = SAMPLES.resolve(module).resolve("target").resolve(module + "-0.1.0-SNAPSHOT.jar");
		require(Files.exists(jar), jar + " has not been built: ./mvnw verify");
		return jar;
	}

	private static String script(String name) throws IOException {
		Path script = SAMPLES.resolveSibling("scripts").resolve(name);
		Process process = new ProcessBuilder(script.toString()).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
		try {
			require(process.waitFor() == 0, "there is no " + name + ": " + output);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		return output;
	}

	/**
	 * The rule for tests that need something the machine may lack: they are skipped with
	 * the reason printed, and with {@code HA_REQUIRE_ALL=1} a skip is a failure.
	 */
	private static void require(boolean met, String reason) {
		if (!met) {
			assertThat(System.getenv("HA_REQUIRE_ALL")).as("HA_REQUIRE_ALL=1, but " + reason).isNotEqualTo("1");
			System.out.println("Skipped: " + reason);
			Assumptions.abort(reason);
		}
	}

}
