package io.hacluster.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ReflectionUtils;

/**
 * The configuration metadata of this module, as the annotation processor has written it.
 */
final class ConfigurationMetadata {

	private static final String PREFIX = "ha.cluster";

	private final Map<String, ConfigurationProperty> properties = new TreeMap<>();

	private final Map<String, Map<String, String>> values = new TreeMap<>();

	/**
	 * Reads the metadata.
	 */
	ConfigurationMetadata() {
		Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(read());
		for (Map<?, ?> hint : list(metadata.get("hints"))) {
			Map<String, String> described = new LinkedHashMap<>();
			if (hint.get("values") != null) {
				list(hint.get("values"))
					.forEach((it) -> described.put(it.get("value").toString(), text(it.get("description"))));
			}
			this.values.put(text(hint.get("name")), described);
		}
		for (Map<?, ?> property : list(metadata.get("properties"))) {
			String name = text(property.get("name"));
			this.properties.put(name,
					new ConfigurationProperty(name, text(property.get("type")), text(property.get("description")),
							property.get("defaultValue"), this.values.getOrDefault(name, Map.of())));
		}
	}

	/**
	 * Returns the properties: those of the cluster in the order of the records, the
	 * others by name after them.
	 */
	List<ConfigurationProperty> properties() {
		Map<String, ConfigurationProperty> left = new TreeMap<>(this.properties);
		List<ConfigurationProperty> ordered = new ArrayList<>();
		declared().keySet().forEach((name) -> {
			ConfigurationProperty property = left.remove(name);
			if (property != null) {
				ordered.add(property);
			}
		});
		ordered.addAll(left.values());
		return ordered;
	}

	/**
	 * Returns the names for which there are hints.
	 */
	List<String> hinted() {
		return List.copyOf(this.values.keySet());
	}

	/**
	 * Returns what the records declare: the accessors that lead from the root to each
	 * property, by name, in order.
	 */
	static Map<String, List<RecordComponent>> declared() {
		Map<String, List<RecordComponent>> declared = new LinkedHashMap<>();
		walk(HaClusterProperties.class, ConfigurationPropertyName.of(PREFIX), List.of(), declared);
		return declared;
	}

	private static void walk(Class<?> type, ConfigurationPropertyName prefix, List<RecordComponent> path,
			Map<String, List<RecordComponent>> declared) {
		for (RecordComponent component : type.getRecordComponents()) {
			List<RecordComponent> extended = new ArrayList<>(path);
			extended.add(component);
			ConfigurationPropertyName name = prefix.append(nameOf(type, component));
			if (component.getType().isRecord()) {
				walk(component.getType(), name, extended, declared);
			}
			else {
				declared.put(name.toString(), List.copyOf(extended));
			}
		}
	}

	private static String nameOf(Class<?> type, RecordComponent component) {
		Field field = Objects.requireNonNull(ReflectionUtils.findField(type, component.getName()));
		Name name = field.getAnnotation(Name.class);
		return (name != null) ? name.value()
				: component.getName().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
	}

	private static String read() {
		try {
			Path classes = Path
				.of(HaClusterProperties.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			return Files.readString(classes.resolve("META-INF/spring-configuration-metadata.json"),
					StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String text(Object value) {
		return (value != null) ? value.toString() : "";
	}

	@SuppressWarnings("unchecked")
	private static List<Map<?, ?>> list(Object value) {
		return (List<Map<?, ?>>) value;
	}

}
