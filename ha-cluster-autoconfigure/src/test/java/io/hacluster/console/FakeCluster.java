package io.hacluster.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationResult;
import io.hacluster.operation.OperationResult.Outcome;

/**
 * A cluster that is as the test says.
 */
public final class FakeCluster implements Members, TermHistory, ClusterOperations {

	private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private volatile ClusterView view = new ClusterView("orders", List.of(), null, true);

	private volatile List<PastTerm> terms = List.of();

	private volatile OperationResult result = new OperationResult(Outcome.DONE, "b leads in epoch 13", new NodeId("b"),
			13);

	private volatile @Nullable CountDownLatch gate;

	public static Member member(String id, ClusterRole role, @Nullable Long position, @Nullable Duration lag) {
		return new Member(new NodeId(id), "nonce-" + id, "0.1.0", role, role.name(), 12, position, lag,
				(role == ClusterRole.LEADER) ? "UP" : "STOPPED", "http://" + id + ".example.org:8080", Map.of(), 100,
				true, null, Duration.ofSeconds(10), Instant.EPOCH);
	}

	public static ClusterView.Seen alive(Member member) {
		return new ClusterView.Seen(member, true, Duration.ofMillis(400));
	}

	public static ClusterView.Seen gone(Member member) {
		return new ClusterView.Seen(member, false, Duration.ofSeconds(21));
	}

	public static StepTime step(String name, long millis) {
		return new StepTime(name, (millis > 0) ? "DONE" : "SKIPPED", Duration.ofMillis(millis));
	}

	public void reset() {
		this.calls.clear();
		this.gate = null;
		this.terms = List.of();
		this.result = new OperationResult(Outcome.DONE, "b leads in epoch 13", new NodeId("b"), 13);
	}

	public void show(ClusterView view) {
		this.view = view;
		this.listeners.forEach((listener) -> listener.accept(view));
	}

	public void show(ClusterView.@Nullable Pause pause, ClusterView.Seen... members) {
		show(new ClusterView("orders", List.of(members), pause, true));
	}

	public void terms(PastTerm... terms) {
		this.terms = List.of(terms);
	}

	public void answer(OperationResult result) {
		this.result = result;
	}

	/**
	 * Makes operations wait.
	 */
	public void gate(CountDownLatch gate) {
		this.gate = gate;
	}

	public List<String> calls() {
		return new ArrayList<>(this.calls);
	}

	public int subscriptions() {
		return this.listeners.size();
	}

	@Override
	public ClusterView view() {
		return this.view;
	}

	@Override
	public Subscription subscribe(Consumer<ClusterView> listener) {
		this.listeners.add(listener);
		return () -> this.listeners.remove(listener);
	}

	@Override
	public List<PastTerm> terms() {
		return this.terms;
	}

	@Override
	public OperationResult stepDown() {
		return called("stepDown");
	}

	@Override
	public OperationResult switchover(@Nullable NodeId target, Duration timeout) {
		return called("switchover " + target);
	}

	@Override
	public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout) {
		return called("failover " + target);
	}

	@Override
	public OperationResult pause(String reason) {
		return called("pause " + reason);
	}

	@Override
	public OperationResult resume() {
		return called("resume");
	}

	@Override
	public OperationResult snapshot() {
		return called("snapshot");
	}

	private OperationResult called(String call) {
		this.calls.add(call);
		CountDownLatch gate = this.gate;
		if (gate != null) {
			try {
				gate.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return this.result;
	}

}
