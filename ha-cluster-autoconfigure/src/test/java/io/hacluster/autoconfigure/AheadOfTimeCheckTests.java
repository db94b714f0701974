package io.hacluster.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import io.hacluster.backend.Backend;
import io.hacluster.election.LeaseStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Contexts are really processed ahead of time here, in each of the kinds that differ in
 * their beans, and configured otherwise afterwards.
 */
class AheadOfTimeCheckTests {

	private static final List<String> LOCAL = List.of("store=local", "local.directory=x");

	private static final List<String> NATS = List.of("store=nats", "nats.servers=nats://127.0.0.1:4222");

	@ParameterizedTest
	@MethodSource("kinds")
	void contextThatWasProcessedFitsItsOwnConfigurationOnly(List<String> configuration) {
		Processed processed = process(configuration);
		assertThat(RuntimeHintsPredicates.reflection().onType(HaClusterProperties.class)).accepts(processed.hints());
		assertThat(RuntimeHintsPredicates.reflection().onType(DockerProperties.Health.class))
			.accepts(processed.hints());
		assertThatCode(() -> processed.check(configuration)).doesNotThrowAnyException();
		assertThat(kinds().filter((other) -> !other.equals(configuration)))
			.allSatisfy((other) -> assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
				.isThrownBy(() -> processed.check(other))
				.withMessageContaining("ahead of time")
				.satisfies((ex) -> assertThat(ex.getName()).isIn("ha.cluster.store", "ha.cluster.sqlite.path",
						"ha.cluster.vip.addresses", "ha.cluster.backend.type")));
	}

	@Test
	void checkWhenTheUserHasBeansOfTheirOwnLetsThemBe() {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerBeanDefinition("mine", new RootBeanDefinition(LeaseStore.class, () -> mock(LeaseStore.class)));
		beans.registerBeanDefinition("my", new RootBeanDefinition(Backend.class, () -> mock(Backend.class)));
		assertThatCode(() -> new AheadOfTimeCheck(beans).check(properties(with(LOCAL, "backend.type=process"))))
			.doesNotThrowAnyException();
	}

	static Stream<List<String>> kinds() {
		return Stream.of(LOCAL, NATS, with(NATS, "sqlite.path=/x/data.db"),
				with(NATS, "vip.addresses=10.0.0.1/24", "vip.interface=eth0"),
				with(LOCAL, "backend.type=process", "backend.process.command=x"),
				with(LOCAL, "backend.type=systemd", "backend.systemd.unit=x"),
				with(LOCAL, "backend.type=docker", "backend.docker.container=x"));
	}

	private static List<String> with(List<String> configuration, String... more) {
		List<String> all = new ArrayList<>(configuration);
		all.addAll(List.of(more));
		return all;
	}

	private static Processed process(List<String> configuration) {
		GenericApplicationContext context = new GenericApplicationContext();
		TestPropertyValues.of("management.endpoints.web.exposure.include=leader")
			.and(pairs(configuration).stream())
			.applyTo(context);
		AnnotationConfigUtils.registerAnnotationConfigProcessors(context);
		context.registerBean(Node.class);
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(AheadOfTimeCheckTests.class)), new InMemoryGeneratedFiles());
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		return new Processed(context.getDefaultListableBeanFactory(), generation.getRuntimeHints());
	}

	private static List<String> pairs(List<String> configuration) {
		return with(configuration, "name=test").stream().map((it) -> "ha.cluster." + it).toList();
	}

	private static HaClusterProperties properties(List<String> configuration) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		pairs(configuration)
			.forEach((it) -> source.put(it.substring(0, it.indexOf('=')), it.substring(it.indexOf('=') + 1)));
		return new Binder(source).bind("ha.cluster", HaClusterProperties.class).get();
	}

	@ImportAutoConfiguration({ SslAutoConfiguration.class, HaClusterLocalAutoConfiguration.class,
			HaClusterNatsAutoConfiguration.class, HaClusterVipAutoConfiguration.class,
			HaClusterBackendAutoConfiguration.class, HaClusterReplicationAutoConfiguration.class,
			HaClusterAutoConfiguration.class, HaClusterHealthAutoConfiguration.class,
			HaClusterLeaderEndpointAutoConfiguration.class, HaClusterMetricsAutoConfiguration.class })
	static class Node {

	}

	private record Processed(DefaultListableBeanFactory beans, RuntimeHints hints) {

		void check(List<String> configuration) {
			new AheadOfTimeCheck(this.beans).check(properties(configuration));
		}

	}

}
