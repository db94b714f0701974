package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationResult;
import io.hacluster.replication.Replication;

/**
 * Stands in for what shows and moves the cluster until that is there.
 */
@Configuration(proxyBeanMethods = false)
class InterimClusterConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Members interimMembers(NodeIdentity identity) {
		return new Members() {

			@Override
			public ClusterView view() {
				return new ClusterView(identity.cluster(), List.of(), null, false);
			}

			@Override
			public Subscription subscribe(Consumer<ClusterView> listener) {
				return () -> {
				};
			}

		};
	}

	@Bean
	@ConditionalOnMissingBean
	TermHistory interimHistory() {
		return List::of;
	}

	@Bean
	@ConditionalOnMissingBean
	ClusterOperations interimOperations(Leadership leadership, ObjectProvider<Replication> replication) {
		Replication present = replication.getIfAvailable();
		return new ClusterOperations() {

			private OperationResult result(boolean accepted, String message) {
				return new OperationResult(
						accepted ? OperationResult.Outcome.ACCEPTED : OperationResult.Outcome.REFUSED, message,
						leadership.leader().map(Leadership.Leader::nodeId).orElse(null), leadership.epoch().value());
			}

			@Override
			public OperationResult stepDown() {
				return result(leadership.stepDown(), "This node does not lead, or steps down");
			}

			@Override
			public OperationResult switchover(@Nullable NodeId target, Duration timeout) {
				return result(false, "not available");
			}

			@Override
			public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout) {
				return result(false, "not available");
			}

			@Override
			public OperationResult pause(String reason) {
				return result(false, "not available");
			}

			@Override
			public OperationResult resume() {
				return result(false, "not available");
			}

			@Override
			public OperationResult snapshot() {
				return result(present != null && present.requestSnapshot(), "");
			}

		};
	}

}
