package io.hacluster.autoconfigure;

import java.time.Clock;
import java.time.Duration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.ConfigurableEnvironment;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.vip.Announcer;
import io.hacluster.vip.ConflictProbe;
import io.hacluster.vip.LinuxVirtualIp;
import io.hacluster.vip.VirtualIp;
import io.hacluster.vip.announce.PacketAnnouncer;
import io.hacluster.vip.announce.PacketConflictProbe;

/**
 * Auto-configuration of the virtual IP. A {@link VirtualIp} bean of the user wins.
 */
@AutoConfiguration
@ConditionalOnHaCluster
@Conditional(OnVirtualIpAddressesCondition.class)
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterVipAutoConfiguration {

	/**
	 * For how long a stranger has to answer until he counts. A former leader that is
	 * frozen answers too, until its kernel removes the address, up to half a second late.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	@Bean
	@ConditionalOnMissingBean({ Announcer.class, VirtualIp.class })
	PacketAnnouncer haClusterAnnouncer() {
		return new PacketAnnouncer();
	}

	@Bean
	@ConditionalOnMissingBean({ ConflictProbe.class, VirtualIp.class })
	PacketConflictProbe haClusterConflictProbe() {
		return new PacketConflictProbe(PATIENCE, Ticker.SYSTEM);
	}

	@Bean
	@ConditionalOnMissingBean(VirtualIp.class)
	LinuxVirtualIp haClusterVirtualIp(HaClusterProperties properties, NodeIdentity identity, Announcer announcer,
			ConflictProbe probe, ConfigurableEnvironment environment) {
		return new LinuxVirtualIp(identity, new VirtualIpPropertiesValidator(properties.vip(), environment).settings(),
				announcer, probe, Clock.systemUTC());
	}

	@Bean
	@ConditionalOnBean(LinuxVirtualIp.class)
	VirtualIpStartupCheck haClusterVirtualIpStartupCheck(LinuxVirtualIp virtualIp) {
		return new VirtualIpStartupCheck(virtualIp, System.getProperty("os.name", "unknown"));
	}

}
