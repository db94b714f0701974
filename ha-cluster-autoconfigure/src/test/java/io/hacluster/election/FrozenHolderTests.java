package io.hacluster.election;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.JavaProcess;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Freezes (SIGSTOP) and kills (SIGKILL) real processes that hold a lease of one second.
 */
class FrozenHolderTests {

	private final List<Holder> holders = new ArrayList<>();

	@AfterEach
	void endHolders() throws Exception {
		for (Holder holder : this.holders) {
			holder.end();
		}
	}

	@Test
	void neverTwoLeadersInADirectory(@TempDir Path directory) throws Exception {
		freezeAndKill(directory.toString());
	}

	@Test
	void neverTwoLeadersOnNats(@TempDir Path directory) throws Exception {
		try (NatsServer server = NatsServer.start(directory)) {
			freezeAndKill(server.url());
			endHolders();
		}
	}

	private void freezeAndKill(String store) throws Exception {
		for (int i = 0; i < 3; i++) {
			this.holders.add(new Holder("node-" + i, store));
		}
		// Half a lease, just less, just more, and three of them
		for (int millis : new int[] { 500, 950, 1100, 1500, 3000 }) {
			Term leader = awaitNewLeader(0);
			leader.holder.signal("STOP");
			TimeUnit.MILLISECONDS.sleep(millis);
			if (millis > 1500) {
				awaitNewLeader(leader.epoch);
			}
			leader.holder.signal("CONT");
		}
		Term leader = awaitNewLeader(0);
		leader.holder.process.destroyForcibly();
		Term successor = awaitNewLeader(leader.epoch);
		assertThat(successor.epoch).isGreaterThan(leader.epoch);
		checkIntervals();
	}

	private Term awaitNewLeader(long after) {
		long start = System.nanoTime();
		Callable<Term> latest = () -> terms().stream()
			.filter((term) -> term.epoch > after && term.to > start)
			.max(Comparator.comparingLong((term) -> term.epoch))
			.orElse(null);
		return Awaitility.await().pollInterval(Duration.ofMillis(10)).until(latest, java.util.Objects::nonNull);
	}

	private List<Term> terms() {
		return this.holders.stream().flatMap((holder) -> holder.terms.values().stream()).toList();
	}

	private void checkIntervals() {
		List<Term> terms = terms().stream().sorted(Comparator.comparingLong((term) -> term.epoch)).toList();
		for (int i = 1; i < terms.size(); i++) {
			Term before = terms.get(i - 1);
			Term after = terms.get(i);
			assertThat(after.epoch).isGreaterThan(before.epoch);
			assertThat(after.from).as("%s must not overlap %s", after, before).isGreaterThan(before.to);
		}
		System.out.println(terms.size() + " terms of " + this.holders.size() + " processes without overlap");
		assertThat(terms.size()).isGreaterThanOrEqualTo(3);
	}

	private record Term(Holder holder, long epoch, long from, long to) {
	}

	private static final class Holder {

		final String name;

		final Process process;

		final Map<Long, Term> terms = new ConcurrentHashMap<>();

		private final Thread reader;

		Holder(String name, String store) throws IOException {
			this.name = name;
			this.process = new ProcessBuilder(JavaProcess.command(LeaseHolderApplication.class, "64m", name, store))
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			this.reader = new Thread(this::read, "reader of " + name);
			this.reader.setDaemon(true);
			this.reader.start();
		}

		private void read() {
			try (BufferedReader lines = this.process.inputReader()) {
				for (String line = lines.readLine(); line != null; line = lines.readLine()) {
					String[] parts = line.split(" ");
					if (parts.length == 3 && parts[0].chars().allMatch(Character::isDigit)) {
						long epoch = Long.parseLong(parts[0]);
						this.terms.put(epoch,
								new Term(this, epoch, Long.parseLong(parts[1]), Long.parseLong(parts[2])));
					}
				}
			}
			catch (IOException ex) {
				// The process was killed
			}
		}

		void signal(String signal) throws Exception {
			new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).start().waitFor();
		}

		void end() throws Exception {
			this.process.destroyForcibly();
			this.process.waitFor(60, TimeUnit.SECONDS);
			this.reader.join(10_000);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
