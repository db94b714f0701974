package io.hacluster.console;

import java.time.Clock;

import org.springframework.context.SmartLifecycle;
import org.springframework.web.HttpRequestHandler;

import io.hacluster.NodeIdentity;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.operation.ClusterOperations;

/**
 * One page that shows the cluster, live.
 * <p>
 * Stops after the node has stepped down, so that its page shows how, and before the web
 * server's graceful shutdown, which would otherwise wait for the pages that are open.
 */
public final class Console implements SmartLifecycle {

	/**
	 * Where the page is.
	 */
	public static final String PATH = "/ha";

	/**
	 * Between the node, 512 below the default phase, and the web server's graceful
	 * shutdown, 1024 below it.
	 */
	static final int PHASE = DEFAULT_PHASE - 768;

	private final TransitionBoard board;

	private final ConsoleStreams streams;

	private final ConsoleHandler handler;

	/**
	 * Creates the console.
	 * @param identity this node
	 * @param members the nodes to show
	 * @param history the terms to show
	 * @param operations what the buttons call
	 * @param board the transition to show
	 * @param access what those who see the page may do
	 * @param csrfTokens where the page gets the token that it proves itself with
	 * @param clock tells the time, for display
	 */
	public Console(NodeIdentity identity, Members members, TermHistory history, ClusterOperations operations,
			TransitionBoard board, ConsoleAccess access, CsrfTokens csrfTokens, Clock clock) {
		this(identity, members, history, operations, board, new LagHistory(), access, csrfTokens, clock);
	}

	Console(NodeIdentity identity, Members members, TermHistory history, ClusterOperations operations,
			TransitionBoard board, LagHistory lag, ConsoleAccess access, CsrfTokens csrfTokens, Clock clock) {
		this.board = board;
		ConsoleState state = new ConsoleState(identity, members, history, board, access, clock);
		this.streams = new ConsoleStreams(identity, state, lag, members, clock);
		this.handler = new ConsoleHandler(access, state, this.streams, new ConsoleActions(identity, operations),
				csrfTokens);
	}

	/**
	 * Returns what answers requests at {@link #PATH} and below it.
	 * @return the handler
	 */
	public HttpRequestHandler handler() {
		return this.handler;
	}

	/**
	 * Returns how many pages are open.
	 */
	int pages() {
		return this.streams.size();
	}

	@Override
	public void start() {
		this.board.onChange(this.streams::changed);
		this.streams.start();
	}

	@Override
	public void stop() {
		this.streams.stop();
	}

	@Override
	public boolean isRunning() {
		return this.streams.isOpen();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
