package io.hacluster.backend.docker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.WaitResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.backend.BackendException;

/**
 * Waits for the end of one life of a container. The engine says when it ends; while the
 * engine says nothing, the process of the container is looked at.
 */
final class ContainerWatch implements Runnable, AutoCloseable {

	private static final long INTERVAL_MILLIS = 1000;

	private static final Logger log = LoggerFactory.getLogger(ContainerWatch.class);

	private final String label;

	private final Engine engine;

	private final ContainerRecord container;

	private final ContainerEnd description;

	private final Consumer<String> unexpectedExit;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final CountDownLatch ended = new CountDownLatch(1);

	private final Thread thread;

	private volatile @Nullable String end;

	ContainerWatch(String label, String cluster, Engine engine, ContainerRecord container, ContainerEnd description,
			Consumer<String> unexpectedExit) {
		this.label = label;
		this.engine = engine;
		this.container = container;
		this.description = description;
		this.unexpectedExit = unexpectedExit;
		this.thread = new Thread(this, "ha-container-" + cluster);
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Returns whether the container runs as far as is known here.
	 */
	boolean isWatching() {
		return this.end == null && this.closed.getCount() > 0;
	}

	String container() {
		return this.container.container();
	}

	/**
	 * Returns how the container ended, {@code null} if it has not.
	 */
	@Nullable String end() {
		return this.end;
	}

	/**
	 * Waits for the container to have ended.
	 * @return how it ended, {@code null} if that is not known in time
	 */
	@Nullable String awaitEnd(Duration timeout) throws InterruptedException {
		return this.ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS) ? this.end : null;
	}

	@Override
	public void run() {
		try {
			boolean gone = false;
			while (this.closed.getCount() > 0) {
				boolean told = awaitEnd();
				if (told || gone) {
					ended(describe());
					return;
				}
				// Seen twice, so that the engine has time to say it better.
				gone = this.container.isGone();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void ended(String description) {
		if (this.closed.getCount() > 0) {
			this.end = description;
			this.ended.countDown();
			this.unexpectedExit.accept(description);
		}
	}

	/**
	 * Waits for a while.
	 * @return whether the engine says that the container has ended
	 */
	private boolean awaitEnd() throws InterruptedException {
		try (DockerClient docker = this.engine.open();
				EngineStream<WaitResponse> answer = new EngineStream<>((response) -> {
				})) {
			docker.waitContainerCmd(this.container.container()).exec(answer);
			while (!answer.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
				if (this.closed.getCount() == 0 || this.container.isGone()) {
					return false;
				}
			}
			return !isRunning();
		}
		catch (IOException | ExecutionException | RuntimeException ex) {
			log.debug("[{}] The engine does not tell when the container ends", this.label, ex);
			this.closed.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
			return false;
		}
	}

	private boolean isRunning() throws InterruptedException {
		return this.engine.inspect(this.container.container())
			.map((inspection) -> new ContainerState(inspection).isRunning())
			.orElse(false);
	}

	private String describe() throws InterruptedException {
		try {
			return this.description.describe(this.container.container());
		}
		catch (BackendException ex) {
			return "has ended, and the engine does not say how: " + ex.getMessage();
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.thread.interrupt();
		boolean interrupted = Thread.interrupted();
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(5));
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
