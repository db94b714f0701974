package io.hacluster.autoconfigure;

import java.time.Clock;

import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.util.ClassUtils;

import io.hacluster.NodeIdentity;
import io.hacluster.actuate.AuditTrail;
import io.hacluster.actuate.AuditedOperations;
import io.hacluster.actuate.AuthenticatedUser;
import io.hacluster.actuate.LeadershipAudit;
import io.hacluster.actuate.TransitionAudit;
import io.hacluster.actuate.VirtualIpAudit;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.operation.NodeOperations;
import io.hacluster.vip.LinuxVirtualIp;

/**
 * Auto-configuration of audit events, for applications that have somewhere to keep them.
 */
@AutoConfiguration(after = { HaClusterAutoConfiguration.class, HaClusterOperationAutoConfiguration.class })
@ConditionalOnClass(AuditEventRepository.class)
@ConditionalOnBean({ ClusterLifecycle.class, AuditEventRepository.class })
public final class HaClusterAuditAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AuditTrail haClusterAuditTrail(NodeIdentity identity, ApplicationEventPublisher publisher) {
		return new AuditTrail(identity, publisher, Clock.systemUTC());
	}

	@Bean
	@ConditionalOnMissingBean
	LeadershipAudit haClusterLeadershipAudit(AuditTrail trail) {
		return new LeadershipAudit(trail);
	}

	@Bean
	@ConditionalOnMissingBean
	TransitionAudit haClusterTransitionAudit(AuditTrail trail) {
		return new TransitionAudit(trail);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(LinuxVirtualIp.class)
	VirtualIpAudit haClusterVirtualIpAudit(AuditTrail trail, LinuxVirtualIp virtualIp) {
		return new VirtualIpAudit(trail, virtualIp);
	}

	@Bean
	@Primary
	@ConditionalOnBean(NodeOperations.class)
	AuditedOperations haClusterAuditedOperations(NodeOperations operations, AuditTrail trail) {
		boolean secured = ClassUtils.isPresent("org.springframework.security.core.context.SecurityContextHolder",
				getClass().getClassLoader());
		return new AuditedOperations(operations, trail, secured ? new AuthenticatedUser() : () -> null);
	}

}
