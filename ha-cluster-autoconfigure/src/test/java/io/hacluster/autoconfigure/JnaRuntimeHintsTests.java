package io.hacluster.autoconfigure;

import java.util.List;

import com.sun.jna.Library;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

class JnaRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	JnaRuntimeHintsTests() {
		new JnaRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
	}

	@Test
	void hintsCoverEachLibraryInterface() {
		List<Class<?>> libraries = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("io.hacluster")
			.stream()
			.filter((type) -> type.isInterface() && type.isAssignableTo(Library.class))
			.<Class<?>>map(JavaClass::reflect)
			.toList();
		assertThat(libraries).isNotEmpty()
			.allSatisfy((library) -> assertThat(RuntimeHintsPredicates.proxies().forInterfaces(library))
				.as("proxy of %s", library.getName())
				.accepts(this.hints));
	}

	@Test
	void hintsCoverTheNativePartOfJna() {
		assertThat(RuntimeHintsPredicates.resource().forResource("com/sun/jna/linux-x86-64/libjnidispatch.so"))
			.accepts(this.hints);
	}

}
