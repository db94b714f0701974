package io.hacluster.backend.docker;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import com.github.dockerjava.api.async.ResultCallback;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the engine that comes piece by piece. Other than those of the library, it
 * leaves the reporting of failures to its caller.
 *
 * @param <T> the pieces
 */
final class EngineStream<T> implements ResultCallback<T> {

	private final Consumer<T> pieces;

	private final CompletableFuture<Void> end = new CompletableFuture<>();

	private @Nullable Closeable connection;

	private boolean closed;

	EngineStream(Consumer<T> pieces) {
		this.pieces = pieces;
	}

	/**
	 * Waits for the end of the answer.
	 * @return whether it has come
	 * @throws ExecutionException if there will be none
	 */
	boolean await(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException {
		try {
			this.end.get(timeout, unit);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	/**
	 * Waits for the end of the answer, until it is interrupted, and closes the
	 * connection.
	 * @throws ExecutionException if there will be none
	 */
	void await() throws InterruptedException, ExecutionException {
		try (this) {
			this.end.get();
		}
	}

	@Override
	public void onStart(Closeable connection) {
		synchronized (this) {
			this.connection = connection;
			if (!this.closed) {
				return;
			}
		}
		closeQuietly(connection);
	}

	@Override
	public void onNext(T piece) {
		this.pieces.accept(piece);
	}

	@Override
	public void onError(Throwable failure) {
		this.end.completeExceptionally(failure);
	}

	@Override
	public void onComplete() {
		this.end.complete(null);
	}

	@Override
	public void close() {
		Closeable open;
		synchronized (this) {
			this.closed = true;
			open = this.connection;
		}
		if (open != null) {
			closeQuietly(open);
		}
	}

	private static void closeQuietly(Closeable connection) {
		try {
			connection.close();
		}
		catch (IOException ex) {
			// It is not needed any more.
		}
	}

}
