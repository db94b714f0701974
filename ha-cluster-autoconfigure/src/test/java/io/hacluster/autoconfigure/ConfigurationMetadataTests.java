package io.hacluster.autoconfigure;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What IDEs and {@code docs/configuration.md} say of the properties is what the code
 * does.
 */
class ConfigurationMetadataTests {

	private static final Path PAGE = Path.of("..", "docs", "configuration.md");

	private static final String COMMAND = "./mvnw -pl ha-cluster-autoconfigure test "
			+ "-Dtest=ConfigurationMetadataTests -Dha.docs.update=true";

	private static final HaClusterProperties UNCONFIGURED = new Binder(new MapConfigurationPropertySource(Map.of()))
		.bindOrCreate("ha.cluster", HaClusterProperties.class);

	private static final Map<String, List<RecordComponent>> DECLARED = ConfigurationMetadata.declared();

	@Test
	void metadataIsOfWhatTheRecordsDeclare() {
		assertThat(new ConfigurationMetadata().properties()).extracting(ConfigurationProperty::name)
			.filteredOn((name) -> name.startsWith("ha."))
			.containsExactlyElementsOf(DECLARED.keySet());
	}

	@ParameterizedTest
	@MethodSource("properties")
	void metadataOfPropertyIsComplete(ConfigurationProperty property) {
		assertThat(property.type()).as("type").isNotEmpty();
		assertThat(property.description()).as("description")
			.matches("(?s)[A-Z].*\\.")
			.doesNotMatch("(?i)(The|A|An) .*")
			.doesNotContain("{@", "\n", "  ")
			.doesNotContainPattern("(?i)by default|defaults to");
		if (property.type().equals("java.lang.Boolean")) {
			assertThat(property.description()).startsWith("Whether ");
			assertThat(property.defaultValue()).as("default of a boolean").isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource("propertiesOfTheCluster")
	void defaultInMetadataIsThatOfTheCode(ConfigurationProperty property) {
		List<RecordComponent> path = DECLARED.get(property.name());
		Object actual = value(path);
		if (property.defaultValue() == null) {
			assertThat(isNothing(actual)).as("default of the code is nothing, but %s", actual).isTrue();
			return;
		}
		assertThat(property.description()).as("no fallback where there is a default").doesNotContain("Falls back");
		assertThat(convert(property.defaultText(), path.get(path.size() - 1).getGenericType())).isEqualTo(actual);
	}

	@ParameterizedTest
	@MethodSource("propertiesOfTheCluster")
	void choicesAreDescribed(ConfigurationProperty property) {
		Class<?> type = last(property).getType();
		if (type.isEnum()) {
			assertThat(property.values().keySet().stream().map(String::toLowerCase))
				.as("values hinted in additional-spring-configuration-metadata.json")
				.containsExactlyElementsOf(Arrays.stream(type.getEnumConstants())
					.map((it) -> ((Enum<?>) it).name().toLowerCase().replace('_', '-'))
					.toList());
			assertThat(property.values().values()).allSatisfy((it) -> assertThat(it).matches("[A-Z].*\\."));
		}
	}

	@Test
	void hintsAreForPropertiesThatExist() {
		ConfigurationMetadata metadata = new ConfigurationMetadata();
		List<String> names = metadata.properties().stream().map(ConfigurationProperty::name).toList();
		assertThat(metadata.hinted())
			.allSatisfy((name) -> assertThat(names).contains(name.replaceAll("\\.(keys|values)$", "")));
	}

	@Test
	void tablesOfTheDocumentationAreThoseOfTheMetadata() throws IOException {
		String page = Files.readString(PAGE);
		String expected = new ConfigurationTables(new ConfigurationMetadata().properties()).update(page);
		if (Boolean.getBoolean("ha.docs.update")) {
			Files.writeString(PAGE, expected);
			return;
		}
		assertThat(page).as("docs/configuration.md is not what the properties are. Write it anew with%n  %s%n", COMMAND)
			.isEqualTo(expected);
	}

	static Stream<ConfigurationProperty> properties() {
		return new ConfigurationMetadata().properties().stream();
	}

	static Stream<ConfigurationProperty> propertiesOfTheCluster() {
		return properties().filter((property) -> DECLARED.containsKey(property.name()));
	}

	private static RecordComponent last(ConfigurationProperty property) {
		List<RecordComponent> path = DECLARED.get(property.name());
		return path.get(path.size() - 1);
	}

	private static @Nullable Object value(List<RecordComponent> path) {
		Object value = UNCONFIGURED;
		for (RecordComponent component : path) {
			value = ReflectionUtils.invokeMethod(component.getAccessor(), value);
		}
		return value;
	}

	private static boolean isNothing(@Nullable Object value) {
		return value == null || value.equals("") || (value instanceof Collection<?> it && it.isEmpty())
				|| (value instanceof Map<?, ?> map && map.isEmpty());
	}

	private static @Nullable Object convert(String text, Type type) {
		ResolvableType target = ResolvableType.forType(type);
		return ApplicationConversionService.getSharedInstance()
			.convert(text, TypeDescriptor.valueOf(String.class), new TypeDescriptor(target, null, null));
	}

}
