package io.hacluster.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendHealth.Status;

/**
 * A backend as a user may write one, and the example of docs/backends.md: a service with
 * a control script.
 */
final class ScriptBackend implements LeaseBoundBackend {

	private static final Duration SHORT = Duration.ofSeconds(3);

	private final String script;

	private final LeaseGuard guard;

	ScriptBackend(NodeIdentity identity, Path script) {
		this.script = script.toString();
		this.guard = new LeaseGuard(identity);
	}

	@Override
	public void start(Duration timeout) throws InterruptedException {
		if (health().status() == Status.UP) {
			return;
		}
		this.guard.engage(List.of(this.script, "kill"));
		// Not cut off by an interrupt: what it has begun, nobody would know of.
		if (call("start", timeout, SHORT) != 0) {
			throw new BackendException(this.script + " start has failed");
		}
	}

	@Override
	public void stop(Duration timeout) {
		boolean interrupted = false;
		try {
			if (call("stop", timeout, Duration.ZERO) != 0) {
				kill();
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
			kill();
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
		this.guard.release();
	}

	@Override
	public void prolong(Supplier<Duration> remaining) {
		this.guard.prolong(remaining);
	}

	@Override
	public BackendHealth health() {
		try {
			Process process = command("status").start();
			String detail = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			return new BackendHealth((process.waitFor() == 0) ? Status.UP : Status.STOPPED, detail);
		}
		catch (IOException ex) {
			return new BackendHealth(Status.DOWN, ex.toString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new BackendHealth(Status.DOWN, "interrupted");
		}
	}

	private void kill() {
		try {
			if (call("kill", SHORT, SHORT) == 0) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw new BackendException(this.script + " kill has failed, so the service may still be running");
	}

	/**
	 * Calls the script. Its exit code is 1 if it has not ended in time.
	 */
	private int call(String verb, Duration timeout, Duration grace) throws InterruptedException {
		try {
			Process process = command(verb).start();
			try {
				return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : 1;
			}
			catch (InterruptedException ex) {
				process.onExit().completeOnTimeout(process, grace.toMillis(), TimeUnit.MILLISECONDS).join();
				throw ex;
			}
			finally {
				process.destroyForcibly();
			}
		}
		catch (IOException ex) {
			throw new BackendException(this.script + " cannot be executed", ex);
		}
	}

	private ProcessBuilder command(String verb) {
		return new ProcessBuilder(this.script, verb).redirectErrorStream(true);
	}

}
