package io.hacluster.autoconfigure;

import java.time.Clock;
import java.util.Random;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionSettings;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.ClusterMembers;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.Members;
import io.hacluster.member.StateStore;
import io.hacluster.member.StoredTermHistory;
import io.hacluster.member.TermHistory;
import io.hacluster.replication.Replication;

/**
 * What the nodes tell one another.
 */
@Configuration(proxyBeanMethods = false)
class MemberConfiguration {

	@Bean
	@ConditionalOnMissingBean(TermHistory.class)
	StoredTermHistory haClusterTermHistory(NodeIdentity identity) {
		return new StoredTermHistory(identity);
	}

	@Bean
	@ConditionalOnMissingBean
	ControlRecords haClusterControlRecords(StateStore store, NodeIdentity identity) {
		return new ControlRecords(store, identity);
	}

	@Bean
	@ConditionalOnMissingBean(Members.class)
	ClusterMembers haClusterMembers(NodeIdentity identity, StateStore store, HaClusterProperties properties,
			ElectionSettings election, ControlRecords control, ObjectProvider<StoredTermHistory> history,
			ObjectProvider<ClusterLifecycle> node, ObjectProvider<Electors> electors,
			ObjectProvider<Replication> replication) {
		NodeMember source = new NodeMember(identity, properties, node, electors, replication, Clock.systemUTC());
		return new ClusterMembers(identity, store, source, election.renewInterval(), control,
				history.getIfAvailable(() -> new StoredTermHistory(identity)), Ticker.SYSTEM, new Random());
	}

	@Bean
	@ConditionalOnBean(ClusterMembers.class)
	NodeDuty haClusterMemberDuty(ClusterMembers members) {
		return new NodeDuty() {

			@Override
			public void start() {
				members.start();
			}

			@Override
			public void stop() {
				members.stop();
			}

		};
	}

	@Bean
	@ConditionalOnBean({ ClusterMembers.class, StoredTermHistory.class })
	TermObserver haClusterTermObserver(StoredTermHistory history, ClusterMembers members) {
		return new TermObserver(history, members, Clock.systemUTC());
	}

}
