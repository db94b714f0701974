package io.hacluster.lifecycle;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Remembers calls in their order, and can make each of them block or fail.
 */
final class Recorder {

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();

	void on(String call, Behaviour behaviour) {
		this.behaviours.put(call, behaviour);
	}

	void reset(String call) {
		this.behaviours.remove(call);
	}

	void record(String call) {
		this.calls.add(call);
	}

	void call(String call) throws InterruptedException {
		this.calls.add(call);
		Behaviour behaviour = this.behaviours.get(call);
		if (behaviour != null) {
			behaviour.run();
		}
	}

	void callUninterruptibly(String call) {
		try {
			call(call);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
	}

	List<String> calls() {
		return List.copyOf(this.calls);
	}

	void clear() {
		this.calls.clear();
	}

	@FunctionalInterface
	interface Behaviour {

		void run() throws InterruptedException;

	}

}
