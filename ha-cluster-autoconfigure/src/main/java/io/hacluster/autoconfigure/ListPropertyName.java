package io.hacluster.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Names elements of a list by the source that the list comes from: a source has it either
 * as one value with commas, or element by element, and the first source that has it hides
 * the others.
 */
final class ListPropertyName {

	private final ConfigurableEnvironment environment;

	private final ConfigurationPropertyName list;

	ListPropertyName(ConfigurableEnvironment environment, String list) {
		this.environment = environment;
		this.list = ConfigurationPropertyName.of(list);
	}

	/**
	 * Returns the name under which an element, or the list that it is in, was written.
	 */
	String element(int index) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources
			.from(this.environment.getPropertySources())) {
			if (source.getConfigurationProperty(this.list) != null) {
				return this.list.toString();
			}
			if (source.getConfigurationProperty(this.list.append("[0]")) != null) {
				break;
			}
		}
		return this.list.append("[" + index + "]").toString();
	}

}
