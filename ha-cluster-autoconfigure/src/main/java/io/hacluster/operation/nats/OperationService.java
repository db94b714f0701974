package io.hacluster.operation.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.service.Service;
import io.nats.service.ServiceBuilder;
import io.nats.service.ServiceEndpoint;
import io.nats.service.ServiceMessageHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.member.Members;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationRequest;

/**
 * The node as a service on NATS
 * (<a href="https://github.com/nats-io/nats-architecture-and-design">ADR-32</a>):
 * {@code nats micro ls} lists it, {@code nats req ha.<cluster>.<node>.status ''} asks it.
 * Has a connection of its own, so that nobody who asks much is in the way of the election
 * or the log; it connects in the background, and again whenever the connection is lost.
 * Thread-safe.
 */
public final class OperationService implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(OperationService.class);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final Duration DRAIN = Duration.ofSeconds(1);

	private static final Duration RETRY = Duration.ofSeconds(2);

	private final NodeIdentity identity;

	private final Supplier<Options.Builder> options;

	private final boolean writable;

	private final String version;

	private final ServiceAnswers answers;

	private final ClusterOperations operations;

	private final ServiceSubjects subjects;

	private @Nullable Thread starter;

	private @Nullable ExecutorService executor;

	private @Nullable Service service;

	private @Nullable Connection connection;

	private boolean closed;

	/** Not while it closes a connection, which would be left open in part. */
	private boolean interruptible = true;

	/** Only the thread that connects looks at it. */
	private boolean warned;

	/**
	 * Creates a service. Nothing happens before {@link #start()}.
	 * @param identity the node
	 * @param options where and how to connect
	 * @param writable whether it does what changes something, too
	 * @param version the version of this library, such as {@code 1.2.3}
	 * @param leadership the leadership
	 * @param state names what the node is doing
	 * @param members the members
	 * @param operations does what is asked for
	 */
	public OperationService(NodeIdentity identity, Supplier<Options.Builder> options, boolean writable, String version,
			Leadership leadership, Supplier<String> state, Members members, ClusterOperations operations) {
		this.identity = identity;
		this.options = options;
		this.writable = writable;
		this.version = version;
		this.answers = new ServiceAnswers(identity, leadership, state, members);
		this.operations = operations;
		this.subjects = new ServiceSubjects(identity);
	}

	/**
	 * Begins to connect. Returns at once.
	 */
	public synchronized void start() {
		if (this.starter != null || this.closed) {
			return;
		}
		this.executor = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>(),
				(task) -> thread("ha-service-action-", task));
		this.starter = thread("ha-service-", this::connect);
		this.starter.start();
	}

	private Thread thread(String name, Runnable task) {
		Thread thread = new Thread(task, name + this.identity.cluster());
		thread.setDaemon(true);
		return thread;
	}

	private void connect() {
		try {
			Options.Builder builder = this.options.get()
				.connectionName(this.identity + " service")
				.maxReconnects(-1)
				.errorListener(new ServiceErrors(this.identity));
			while (!connected(builder) && !isClosed()) {
				TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean connected(Options.Builder builder) throws InterruptedException {
		Connection opened;
		try {
			opened = Nats.connect(builder.build());
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("[{}] The service on NATS tries again to connect: {}", this.identity, ex.toString());
			return false;
		}
		boolean serving = false;
		try {
			serving = serve(opened);
			return true;
		}
		catch (RuntimeException ex) {
			if (!this.warned) {
				this.warned = true;
				logger.warn("[{}] The service on NATS does not start and tries again", this.identity, ex);
			}
			return false;
		}
		finally {
			if (!serving) {
				closeUninterrupted(opened);
			}
		}
	}

	private void closeUninterrupted(Connection opened) throws InterruptedException {
		synchronized (this) {
			this.interruptible = false;
			Thread.interrupted();
		}
		try {
			opened.close();
		}
		finally {
			synchronized (this) {
				this.interruptible = true;
			}
		}
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	private synchronized boolean serve(Connection opened) {
		ExecutorService actions = this.executor;
		if (this.closed || actions == null) {
			return false;
		}
		ServiceHandlers handlers = new ServiceHandlers(this.identity, () -> opened, this.operations, actions);
		ServiceBuilder builder = Service.builder()
			.connection(opened)
			.name(this.subjects.service())
			.version(this.version)
			.description("High availability of " + this.identity.cluster() + ": who leads, and handing over")
			.drainTimeout(DRAIN)
			.metadata(Map.of("cluster", this.identity.cluster(), "node", this.identity.nodeId().value(), "access",
					this.writable ? "unrestricted" : "read-only"));
		endpoints(handlers).forEach(builder::addServiceEndpoint);
		Service started = builder.build();
		started.startService();
		this.service = started;
		this.connection = opened;
		logger.info("[{}] Can be asked on NATS at {}", this.identity, this.subjects.of("*"));
		return true;
	}

	private List<ServiceEndpoint> endpoints(ServiceHandlers handlers) {
		List<ServiceEndpoint> endpoints = new ArrayList<>();
		endpoints.add(endpoint("ping", (message) -> handlers.show(message, this.answers::ping)));
		endpoints.add(endpoint("status", (message) -> handlers.show(message, this.answers::status)));
		if (this.writable) {
			for (String verb : OperationRequest.Action.texts()) {
				endpoints.add(endpoint(verb, (message) -> handlers.act(message, verb)));
			}
		}
		return endpoints;
	}

	private ServiceEndpoint endpoint(String verb, ServiceMessageHandler handler) {
		return ServiceEndpoint.builder()
			.endpointName(verb)
			.endpointSubject(this.subjects.of(verb))
			.handler(handler)
			.build();
	}

	/**
	 * Ends the service and its connection. An action that is waited for goes on without
	 * anybody waiting for it. Does nothing the second time.
	 */
	@Override
	public void close() {
		Thread starting;
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			starting = this.starter;
			if (starting != null && this.interruptible) {
				starting.interrupt();
			}
		}
		if (starting != null) {
			join(starting);
		}
		end();
	}

	private synchronized void end() {
		try {
			if (this.service != null) {
				this.service.stop();
			}
			if (this.executor != null) {
				this.executor.shutdownNow();
				this.executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			}
			if (this.connection != null) {
				this.connection.close();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void join(Thread thread) {
		try {
			thread.join(PATIENCE.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
