package io.hacluster.backend.docker;

import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;

import io.hacluster.backend.BackendException;

/**
 * The engine behind its Unix socket. No call takes longer than it is given, whatever the
 * engine does: the client's own timeouts do not apply to a Unix socket, so each call runs
 * on a thread of its own, and an interrupt closes its connection. Thread-safe.
 */
final class Engine implements AutoCloseable {

	private final EngineFailures failures;

	private final Path socket;

	private final URI host;

	private final DockerClientConfig config;

	private final Duration callTimeout;

	private final ExecutorService calls;

	/**
	 * Creates an engine.
	 * @param callTimeout how long it may take to answer a question
	 */
	Engine(String cluster, DockerSettings settings, Duration callTimeout) {
		this.failures = new EngineFailures(settings);
		this.callTimeout = callTimeout;
		this.socket = settings.socket().toAbsolutePath();
		this.host = URI.create("unix://" + this.socket);
		this.config = DefaultDockerClientConfig.createDefaultConfigBuilder()
			.withDockerHost(this.host.toString())
			.withDockerTlsVerify(false)
			.build();
		this.calls = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "ha-docker-" + cluster);
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Connects to the engine. Each call has a client of its own: connections that are
	 * kept for later are of no use once the engine has been restarted, and the call that
	 * finds out fails.
	 * @return a client, to be closed by the caller
	 * @throws IOException if nobody listens; the client itself would try again, complain
	 * in the log, and not say why
	 */
	DockerClient open() throws IOException {
		SocketChannel.open(UnixDomainSocketAddress.of(this.socket)).close();
		return DockerClientImpl.getInstance(this.config,
				new ZerodepDockerHttpClient.Builder().dockerHost(this.host).build());
	}

	/**
	 * Asks the engine something that it answers from memory.
	 * @throws BackendException if it does not, or refuses
	 */
	<T> T ask(Question<T> question) throws InterruptedException {
		return call(this.callTimeout, question);
	}

	/**
	 * Has the engine do something.
	 * @param timeout how long it may take
	 * @throws BackendException if the engine is not there, does not answer in time, or
	 * refuses
	 */
	<T> T call(Duration timeout, Question<T> question) throws InterruptedException {
		Callable<T> task = () -> {
			try (DockerClient docker = open()) {
				return question.put(docker);
			}
		};
		Future<T> answer = this.calls.submit(task);
		try {
			return answer.get(Math.max(1, timeout.toNanos()), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw this.failures.silence(timeout);
		}
		catch (ExecutionException ex) {
			throw this.failures.translate(ex.getCause());
		}
		finally {
			answer.cancel(true);
		}
	}

	/**
	 * Looks at a container.
	 * @param container its name or id
	 * @return empty if there is none
	 */
	Optional<InspectContainerResponse> inspect(String container) throws InterruptedException {
		return ask((docker) -> {
			try {
				return Optional.of(docker.inspectContainerCmd(container).exec());
			}
			catch (NotFoundException ex) {
				return Optional.empty();
			}
		});
	}

	@Override
	public void close() {
		this.calls.shutdownNow();
	}

	/**
	 * What is asked of the engine.
	 *
	 * @param <T> the answer
	 */
	@FunctionalInterface
	interface Question<T> {

		/**
		 * Puts the question. An interrupt ends it.
		 */
		T put(DockerClient docker) throws IOException, InterruptedException, ExecutionException;

	}

}
