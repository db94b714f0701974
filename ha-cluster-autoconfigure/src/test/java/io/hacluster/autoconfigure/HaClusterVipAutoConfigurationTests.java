package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

import io.hacluster.Leadership;
import io.hacluster.actuate.HaClusterHealthIndicator;
import io.hacluster.actuate.VirtualIpMetrics;
import io.hacluster.election.ElectionSettings;
import io.hacluster.lifecycle.ClusterParts;
import io.hacluster.test.NetworkNamespace;
import io.hacluster.vip.Announcer;
import io.hacluster.vip.LinuxVirtualIp;
import io.hacluster.vip.VirtualIp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link HaClusterVipAutoConfiguration}, its properties and its start-up check.
 */
class HaClusterVipAutoConfigurationTests {

	@TempDir
	private Path directory;

	@Test
	void contextWithoutAddressesHasNoVirtualIpAndNeedsNoNativeCode() {
		runner().withClassLoader(new FilteredClassLoader("com.sun.jna"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(VirtualIp.class)
				.doesNotHaveBean(Announcer.class)
				.doesNotHaveBean(StartupCheck.class)
				.doesNotHaveBean(VirtualIpMetrics.class));
	}

	@Test
	void contextWhenUserHasAVirtualIpUsesIt() {
		VirtualIp mine = mock(VirtualIp.class);
		runner().withPropertyValues("ha.cluster.vip.addresses=10.0.0.100/24", "ha.cluster.vip.interface=eth0")
			.withBean("mine", VirtualIp.class, () -> mine)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(LinuxVirtualIp.class);
				assertThat(context.getBean(ClusterParts.class).virtualIp()).isSameAs(mine);
			});
	}

	@Test
	void leaderHasTheAddressesUntilItStops() throws Exception {
		try (NetworkNamespace network = NetworkNamespace.bridge("vip-net");
				NetworkNamespace host = NetworkNamespace.host("vip-a")) {
			host.connect("eth0", network, "10.0.0.2/24", "2001:db8::2/64");
			Supplier<String> addresses = () -> host.ip("addr", "show", "dev", "eth0");
			host.call(() -> {
				runner()
					.withPropertyValues("ha.cluster.vip.addresses[0]=10.0.0.100/24",
							"ha.cluster.vip.addresses[1]=2001:db8::100/64", "ha.cluster.vip.interface=eth0",
							"ha.cluster.election.lease-duration=3s", "ha.cluster.election.renew-interval=500ms")
					.run((context) -> {
						assertThat(context).hasNotFailed();
						await().until(context.getBean(Leadership.class)::isLeader);
						assertThat(addresses.get()).contains("10.0.0.100/32", "2001:db8::100/128");
						assertThat(context.getBean(HaClusterHealthIndicator.class).health().getDetails())
							.extractingByKey("virtualIp")
							.asString()
							.contains("held=true", "interface=eth0", "2001:db8::100/64");
						assertThat(context).hasSingleBean(VirtualIpMetrics.class);
						// Longer than the lifetime of one renewal.
						await().pollDelay(Duration.ofSeconds(4))
							.until(() -> context.getBean(LinuxVirtualIp.class).status().held());
						assertThat(context.getBean(LinuxVirtualIp.class).status().repairs()).isZero();
						assertThat(addresses.get()).contains("10.0.0.100/32", "2001:db8::100/128");
					});
				return true;
			});
			assertThat(addresses.get()).doesNotContain("10.0.0.100").doesNotContain("2001:db8::100");
		}
	}

	@Test
	void contextWhenTheInterfaceIsMissingFailsWithWhatToDo() {
		runner().withPropertyValues("ha.cluster.vip.addresses=10.0.0.100/24", "ha.cluster.vip.interface=nosuch0")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("There is no network interface nosuch0"));
	}

	@Test
	void checkOnAnotherSystemSaysSo() {
		assertThatExceptionOfType(StartupCheckException.class)
			.isThrownBy(() -> new VirtualIpStartupCheck(null, "Mac OS X").run())
			.withMessage("There can be no virtual IP on Mac OS X: this needs Linux.")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("Leave 'ha.cluster.vip' out"));
	}

	@Test
	void marginOfAShortLeaseHasRoomForTheKernelsLateness() {
		assertThat(settings("3s", "1s", true).margin()).isEqualTo(Duration.ofMillis(680));
		assertThat(settings("3s", "1s", false).margin()).isEqualTo(Duration.ofMillis(600));
		assertThat(settings("10s", "3s", true).margin()).isEqualTo(Duration.ofSeconds(2));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> settings("2s", "500ms", true))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("ha.cluster.election.renew-interval"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			vip.addresses[0]             | host.example   | not an IP address
			vip.addresses[0]             | 10.0.0.0/24    | the first and the last address
			vip.addresses[0]             | 10.0.0.1/33    | must be 1 to 32
			vip.addresses[0]             | 127.0.0.1/8    | address of a host
			vip.addresses[0]             | ff02::1/64     | address of a host
			vip.addresses[0]             | 0.0.0.0/24     | address of a host
			vip.addresses[1]             | 10.0.0.100/16  | there twice
			vip.interface                | eth0:1         | name of one network interface
			vip.interface                | much-too-long-name | name of one network interface
			vip.announce.count           | 0              | 1 to 100
			vip.announce.interval        | 0ms            | longer than zero
			vip.announce.repeat-interval | -1s            | must not be negative
			vip.conflict-wait            | 2s             | 1s at most
			""")
	void contextWhenAPropertyCannotWorkFailsNamingIt(String property, String value, String reason) {
		runner()
			.withPropertyValues("ha.cluster.vip.addresses[0]=10.0.0.100/24", "ha.cluster.vip.interface=eth0",
					"ha.cluster." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("ha.cluster." + property);
					assertThat(ex.getReason()).contains(reason);
				}));
	}

	@Test
	void contextWhenAListWithCommasHidesAListOfElementsNamesWhatCounts() {
		runner()
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("file", Map.of("ha.cluster.vip.addresses[0]", "10.0.0.100/24"))))
			.withPropertyValues("ha.cluster.vip.addresses=10.0.0.300/24", "ha.cluster.vip.interface=eth0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("ha.cluster.vip.addresses");
					assertThat(ex.getValue()).isEqualTo("10.0.0.300/24");
				}));
	}

	@Test
	void contextWithAddressesButNoInterfaceFailsAndTheOtherWayRound() {
		runner().withPropertyValues("ha.cluster.vip.addresses=10.0.0.100/24")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("ha.cluster.vip.interface")));
		runner().withPropertyValues("ha.cluster.vip.interface=eth0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("ha.cluster.vip.addresses")));
	}

	private static ElectionSettings settings(String lease, String renew, boolean virtualIp) {
		ElectionSettings[] settings = new ElectionSettings[1];
		new ApplicationContextRunner().withUserConfiguration(PropertiesOnly.class)
			.withPropertyValues("ha.cluster.election.lease-duration=" + lease,
					"ha.cluster.election.renew-interval=" + renew)
			.run((context) -> settings[0] = new ElectionSettingsFactory(context.getBean(HaClusterProperties.class))
				.create(virtualIp));
		return settings[0];
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
					HaClusterLocalAutoConfiguration.class, HaClusterVipAutoConfiguration.class,
					HaClusterHealthAutoConfiguration.class, HaClusterMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory);
	}

	@EnableConfigurationProperties(HaClusterProperties.class)
	static class PropertiesOnly {

	}

}
