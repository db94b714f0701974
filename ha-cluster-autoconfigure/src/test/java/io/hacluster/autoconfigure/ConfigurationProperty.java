package io.hacluster.autoconfigure;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A property as the metadata tells IDEs of it.
 *
 * @param name the whole name
 * @param type the type, as Java writes it
 * @param description the description
 * @param defaultValue the default, if there is one
 * @param values the values that are proposed, with what is said of each
 */
record ConfigurationProperty(String name, String type, String description, @Nullable Object defaultValue,
		Map<String, String> values) {

	/**
	 * Returns the default as it would be written in a properties file.
	 */
	@Nullable String defaultText() {
		if (this.defaultValue instanceof List<?> list) {
			return String.join(",", list.stream().map(String::valueOf).toList());
		}
		return (this.defaultValue != null) ? this.defaultValue.toString() : null;
	}

}
