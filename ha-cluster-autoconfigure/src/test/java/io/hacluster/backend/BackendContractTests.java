package io.hacluster.backend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.backend.BackendHealth.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What every {@link Backend} keeps to. One class for each kind of backend extends this;
 * it gives each test a service of its own and ends what is left of it afterwards.
 */
public abstract class BackendContractTests {

	/**
	 * What the services write before they end, and the failure has to tell.
	 */
	protected static final String LAST_WORDS = "the port 4711 is taken";

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final int STOP = 19;

	private static final int CONT = 18;

	private final ProcessSignals signals = new ProcessSignals();

	private final List<Backend> backends = new ArrayList<>();

	/**
	 * The services that the tests run.
	 */
	public enum Service {

		/**
		 * Runs until it is asked to stop.
		 */
		OBEDIENT,

		/**
		 * Runs, and ignores being asked to stop, in every process that it consists of.
		 */
		DEAF,

		/**
		 * Writes {@link BackendContractTests#LAST_WORDS} and exits with code 3, at once.
		 */
		FAILING

	}

	/**
	 * Makes a backend for the one service of this test. Called again it makes the backend
	 * of the node's next life.
	 * @param service how the service behaves
	 * @return the backend, nothing started
	 */
	protected abstract Backend create(Service service) throws Exception;

	/**
	 * Looks, without the backend, at whether any part of the service runs.
	 * @return what tells this life of the service from the next, such as a process id;
	 * empty if nothing runs
	 */
	protected abstract Optional<String> currentLife() throws Exception;

	/**
	 * Looks, without the backend, at whether the service has got so far as to behave as
	 * it is meant to: a shell script is killed by a signal that comes before its trap.
	 * What it left in a life before may count.
	 * @return whether it has, for instance because it has made a file
	 */
	protected abstract boolean isReady() throws Exception;

	/**
	 * Kills the service, without the backend, by SIGKILL.
	 */
	protected abstract void killService() throws Exception;

	/**
	 * Starts a JVM of its own that manages the service, by
	 * {@link BackendManagerProcess#start}, and returns when the service is ready.
	 * @param service how the service behaves
	 * @param lease passed on
	 * @return the JVM
	 */
	protected abstract Process startManager(Service service, Duration lease) throws Exception;

	@AfterEach
	void stopAll() {
		this.backends.forEach((backend) -> backend.stop(Duration.ofMillis(100)));
	}

	@Test
	void startRunsTheServiceAndStopEndsIt() throws Exception {
		Backend backend = backend(Service.OBEDIENT);
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		start(backend);
		backend.stop(LONG);
		assertThat(currentLife()).isEmpty();
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
	}

	@Test
	void startOfWhatRunsDoesNothing() throws Exception {
		Backend backend = backend(Service.OBEDIENT);
		start(backend);
		Optional<String> life = currentLife();
		backend.start(LONG);
		assertThat(currentLife()).isEqualTo(life);
	}

	@Test
	void stopOfWhatDoesNotRunDoesNothing() throws Exception {
		Backend backend = backend(Service.OBEDIENT);
		backend.stop(LONG);
		backend.stop(Duration.ZERO);
		start(backend);
		backend.stop(LONG);
		backend.stop(LONG);
		assertThat(currentLife()).isEmpty();
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
	}

	@Test
	void stopOfWhatEndedByItselfDoesNothing() throws Exception {
		Backend backend = backend(Service.OBEDIENT);
		start(backend);
		killService();
		await().until(() -> backend.health().status() == Status.STOPPED);
		backend.stop(LONG);
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void stopWhenTheServiceDoesNotCooperateKillsItAfterTheTimeout() throws Exception {
		Backend backend = backend(Service.DEAF);
		start(backend);
		backend.stop(Duration.ofSeconds(1));
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void stopWhenInterruptedKillsAtOnce() throws Exception {
		Backend backend = backend(Service.DEAF);
		start(backend);
		Thread.currentThread().interrupt();
		backend.stop(Duration.ofHours(1));
		assertThat(Thread.interrupted()).as("the interrupt is still known").isTrue();
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void stopWhenInterruptedWhileItWaitsKillsAtOnce() throws Exception {
		Backend backend = backend(Service.DEAF);
		start(backend);
		Thread stopping = new Thread(() -> backend.stop(Duration.ofHours(1)));
		stopping.start();
		TimeUnit.MILLISECONDS.sleep(500);
		assertThat(currentLife()).isPresent();
		stopping.interrupt();
		stopping.join(LONG.toMillis());
		assertThat(stopping.isAlive()).isFalse();
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void startWhenInterruptedLeavesNothingThatStopDoesNotEnd() throws Exception {
		Backend backend = backend(Service.OBEDIENT);
		Thread starting = new Thread(() -> {
			Thread.currentThread().interrupt();
			try {
				backend.start(LONG);
			}
			catch (InterruptedException | BackendException ex) {
				// It may as well have been faster.
			}
		});
		starting.start();
		starting.join();
		backend.stop(LONG);
		assertThat(currentLife()).isEmpty();
		start(backend);
	}

	@Test
	void startFromAThreadThatEndsKeepsTheServiceAlive() throws Exception {
		// Peer defect 10: the process died as soon as the start call returned
		Backend backend = backend(Service.OBEDIENT);
		Thread starter = new Thread(() -> {
			try {
				backend.start(LONG);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		starter.start();
		starter.join();
		await().until(() -> backend.health().status() == Status.UP);
		Optional<String> life = currentLife();
		TimeUnit.SECONDS.sleep(1);
		assertThat(currentLife()).isPresent().isEqualTo(life);
	}

	@Test
	void unexpectedExitIsInHealthAndToldOncePerLife() throws Exception {
		Backend backend = backend(Service.OBEDIENT);
		BlockingQueue<String> exits = new LinkedBlockingQueue<>();
		boolean exitAware = backend instanceof ExitAwareBackend;
		if (backend instanceof ExitAwareBackend aware) {
			aware.onUnexpectedExit(exits::add);
		}
		for (int life = 0; life < 2; life++) {
			start(backend);
			killService();
			await().until(() -> backend.health().status() == Status.STOPPED);
			if (exitAware) {
				assertThat(exits.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isNotBlank();
			}
		}
		start(backend);
		backend.stop(LONG);
		TimeUnit.MILLISECONDS.sleep(500);
		assertThat(exits).as("told once per life, and a stop is no surprise").isEmpty();
	}

	@Test
	void stopAfterManyRestartsDoesNotHang() throws Exception {
		// Peer defect 11: after a restart of the backend the stop hung
		Backend backend = backend(Service.OBEDIENT);
		for (int i = 0; i < 3; i++) {
			start(backend);
			killService();
			await().until(() -> backend.health().status() == Status.STOPPED);
			start(backend);
			backend.stop(LONG);
			assertThat(currentLife()).isEmpty();
		}
		start(backend);
		Thread stopping = new Thread(() -> backend.stop(LONG));
		stopping.start();
		stopping.join(LONG.toMillis());
		assertThat(stopping.isAlive()).isFalse();
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void failureCarriesTheLastWordsOfTheService() throws Exception {
		Backend backend = backend(Service.FAILING);
		try {
			backend.start(LONG);
			await().until(() -> backend.health().status() == Status.STOPPED);
			assertThat(backend.health().detail()).contains(LAST_WORDS);
		}
		catch (BackendException ex) {
			assertThat(ex).hasMessageContaining(LAST_WORDS);
		}
		assertThatCode(() -> backend.stop(LONG)).doesNotThrowAnyException();
	}

	@Test
	void stopInANewLifeEndsWhatTheFormerLifeLeftRunning() throws Exception {
		start(backend(Service.OBEDIENT));
		backend(Service.OBEDIENT).stop(LONG);
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void startInANewLifeGivesARunningService() throws Exception {
		start(backend(Service.OBEDIENT));
		Backend next = backend(Service.OBEDIENT);
		next.stop(LONG);
		start(next);
		next.stop(LONG);
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void prolongWhenNotRepeatedEndsTheServiceWithTheLease() throws Exception {
		LeaseBoundBackend backend = leaseBound(Service.DEAF);
		backend.prolong(() -> LONG);
		start(backend);
		backend.prolong(() -> Duration.ofMillis(500));
		await().until(() -> currentLife().isEmpty());
		await().until(() -> backend.health().status() == Status.STOPPED);
		// What a step-down does
		backend.stop(LONG);
		backend.prolong(() -> LONG);
		start(backend);
	}

	@Test
	void prolongWhenRepeatedKeepsTheServiceAlive() throws Exception {
		LeaseBoundBackend backend = leaseBound(Service.OBEDIENT);
		backend.prolong(() -> LONG);
		start(backend);
		Optional<String> life = currentLife();
		for (int i = 0; i < 30; i++) {
			// Long enough for a machine that is busy
			backend.prolong(() -> Duration.ofSeconds(2));
			TimeUnit.MILLISECONDS.sleep(100);
		}
		assertThat(currentLife()).isPresent().isEqualTo(life);
		assertThat(backend.health().status()).isEqualTo(Status.UP);
	}

	@Test
	void prolongOfAFormerLifeDoesNoHarmToTheNext() throws Exception {
		LeaseBoundBackend backend = leaseBound(Service.OBEDIENT);
		backend.prolong(() -> LONG);
		start(backend);
		backend.prolong(() -> Duration.ofSeconds(2));
		backend.stop(LONG);
		backend.prolong(() -> LONG);
		start(backend);
		Optional<String> life = currentLife();
		TimeUnit.SECONDS.sleep(3);
		assertThat(currentLife()).isPresent().isEqualTo(life);
	}

	@Test
	void startWhenTheLeaseHasRunOutIsRefused() throws Exception {
		LeaseBoundBackend backend = leaseBound(Service.OBEDIENT);
		backend.prolong(() -> Duration.ZERO);
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(LONG));
		backend.stop(LONG);
		assertThat(currentLife()).isEmpty();
	}

	@Test
	void managerWhenKilledTakesTheServiceWithIt() throws Exception {
		Process manager = startManager(Service.DEAF, Duration.ZERO);
		assertThat(currentLife()).isPresent();
		manager.destroyForcibly().waitFor();
		await().until(() -> currentLife().isEmpty());
	}

	@Test
	void managerWhenFrozenLosesTheServiceWithTheLeaseAndNoticesAfterwards() throws Exception {
		Process manager = startManager(Service.DEAF, Duration.ofMillis(2500));
		try {
			Optional<String> life = currentLife();
			assertThat(life).isPresent();
			TimeUnit.SECONDS.sleep(3);
			assertThat(currentLife()).as("prolonged").isEqualTo(life);
			this.signals.signal(manager.pid(), STOP);
			await().until(() -> currentLife().isEmpty());
			this.signals.signal(manager.pid(), CONT);
			assertThat(BackendManagerProcess.awaitLine(manager, "STOPPED")).isNotBlank();
		}
		finally {
			manager.destroyForcibly().waitFor();
		}
	}

	/**
	 * Makes a backend that is stopped after the test.
	 */
	private Backend backend(Service service) throws Exception {
		Backend backend = create(service);
		this.backends.add(backend);
		return backend;
	}

	private LeaseBoundBackend leaseBound(Service service) throws Exception {
		Backend backend = backend(service);
		assertThat(backend).isInstanceOf(LeaseBoundBackend.class);
		return (LeaseBoundBackend) backend;
	}

	private void start(Backend backend) throws Exception {
		backend.start(LONG);
		await().until(() -> backend.health().status() == Status.UP && currentLife().isPresent() && isReady());
	}

}
