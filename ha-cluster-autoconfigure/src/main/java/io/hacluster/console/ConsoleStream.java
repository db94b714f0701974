package io.hacluster.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import org.jspecify.annotations.Nullable;

import io.hacluster.console.ConsoleStreams.News;

/**
 * A stream of server-sent events to one page, on a thread of its own, because a page that
 * does not read must not keep the others waiting.
 * <p>
 * A sample of the lag is sent every two seconds. It also is the heartbeat: the page would
 * not see a comment, and so not a connection that is dead without having been closed.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">The
 * format</a>
 */
final class ConsoleStream {

	private static final String RETRY = "retry: 1000\n\n";

	private static final String GOODBYE = "event: bye\ndata: {}\n\n";

	private final ConsoleStreams streams;

	private final AsyncContext context;

	private final AtomicBoolean completed = new AtomicBoolean();

	private @Nullable Thread thread;

	ConsoleStream(ConsoleStreams streams, AsyncContext context) {
		this.streams = streams;
		this.context = context;
	}

	Thread thread(Thread thread) {
		this.thread = thread;
		return thread;
	}

	Thread thread() {
		return Objects.requireNonNull(this.thread);
	}

	void run() {
		try {
			ServletOutputStream out = this.context.getResponse().getOutputStream();
			send(out, RETRY);
			long version = -1;
			long sample = 0;
			News news = this.streams.await(version, sample);
			while (news != null) {
				List<LagHistory.Sample> samples = news.samples();
				if (news.state() != null) {
					send(out, "event: state\ndata: " + news.state() + "\n\n");
				}
				if (!samples.isEmpty()) {
					send(out, "event: lag\ndata: "
							+ ConsoleState.json(samples.stream().map(LagHistory.Sample::toMap).toList()) + "\n\n");
					sample = samples.get(samples.size() - 1).number();
				}
				version = news.version();
				news = this.streams.await(version, sample);
			}
			send(out, GOODBYE);
		}
		catch (IOException | IllegalStateException ex) {
			// The page has been closed
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			abandon();
		}
	}

	/**
	 * Ends the request, whatever the thread is doing.
	 */
	void abandon() {
		this.streams.remove(this);
		if (this.completed.compareAndSet(false, true)) {
			try {
				this.context.complete();
			}
			catch (IllegalStateException ex) {
				// The container has done it already
			}
		}
	}

	private static void send(ServletOutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.UTF_8));
		out.flush();
	}

}
