package io.hacluster.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
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

	/**
	 * Held while the thread writes. The container tells of an error while the write that
	 * has failed is still on its way out of the container's code, and reports the error
	 * to the response. If the request ended before that, the error would be that of the
	 * next request which gets the response.
	 */
	private final ReentrantLock writing = new ReentrantLock();

	private final ReentrantLock ending = new ReentrantLock();

	private boolean completed;

	private @Nullable Thread thread;

	ConsoleStream(ConsoleStreams streams, AsyncContext context) {
		this.streams = streams;
		this.context = context;
	}

	/**
	 * Returns what ends the request when the container finds that the page has been
	 * closed. If nobody did, the container would ask for an error page, for which it is
	 * too late: Spring would warn of each page that is closed.
	 */
	AsyncListener listener() {
		return new AbandonOnError();
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
	 * Ends the request, whatever the thread is doing. It has ended when this returns,
	 * whoever did it. It is ended once only, for the container may use what is left of it
	 * for another request.
	 */
	void abandon() {
		this.streams.remove(this);
		this.ending.lock();
		try {
			if (!this.completed) {
				this.completed = true;
				this.context.complete();
			}
		}
		catch (IllegalStateException ex) {
			// The container has done it already
		}
		finally {
			this.ending.unlock();
		}
	}

	private void send(ServletOutputStream out, String text) throws IOException {
		this.writing.lock();
		try {
			out.write(text.getBytes(StandardCharsets.UTF_8));
			out.flush();
		}
		finally {
			this.writing.unlock();
		}
	}

	private final class AbandonOnError implements AsyncListener {

		@Override
		public void onStartAsync(AsyncEvent event) {
			// It has been started already
		}

		@Override
		public void onError(AsyncEvent event) {
			ConsoleStream.this.writing.lock();
			try {
				abandon();
			}
			finally {
				ConsoleStream.this.writing.unlock();
			}
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			// There is none
		}

		@Override
		public void onComplete(AsyncEvent event) {
			// That is what the stream has asked for
		}

	}

}
