package io.hacluster;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the design: which package may know which, where a technology may be used, and
 * what main code must not do.
 */
@AnalyzeClasses(packages = "io.hacluster", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.hacluster";

	private static final String REPLICATION = ROOT + ".replication";

	@ArchTest
	static final ArchRule arrowsPointFromAutoconfigureToRoot = Architectures.layeredArchitecture()
		.consideringOnlyDependenciesInLayers()
		.layer("root")
		.definedBy(ROOT, ROOT + ".json..")
		.layer("event")
		.definedBy(ROOT + ".event..")
		.layer("domains")
		.definedBy(ROOT + ".election..", ROOT + ".replication..", ROOT + ".vip..", ROOT + ".backend..",
				ROOT + ".member..")
		.layer("shared")
		.definedBy(ROOT + ".files..", ROOT + ".nats..")
		.layer("lifecycle")
		.definedBy(ROOT + ".lifecycle..")
		.layer("operation")
		.definedBy(ROOT + ".operation..")
		.optionalLayer("jdbc")
		.definedBy(ROOT + ".jdbc..")
		.layer("actuate")
		.definedBy(ROOT + ".actuate..")
		.optionalLayer("console")
		.definedBy(ROOT + ".console..")
		.optionalLayer("integration")
		.definedBy(ROOT + ".integration..")
		.layer("command")
		.definedBy(ROOT + ".command..")
		.layer("autoconfigure")
		.definedBy(ROOT + ".autoconfigure..")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("actuate")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("command")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("jdbc")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("console")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("integration")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("operation")
		.mayOnlyBeAccessedByLayers("actuate", "console", "command", "autoconfigure")
		.whereLayer("lifecycle")
		.mayOnlyBeAccessedByLayers("operation", "jdbc", "actuate", "console", "integration", "autoconfigure")
		.whereLayer("domains")
		.mayOnlyBeAccessedByLayers("lifecycle", "operation", "jdbc", "actuate", "console", "command", "autoconfigure")
		.whereLayer("shared")
		.mayOnlyBeAccessedByLayers("domains")
		.whereLayer("event")
		.mayOnlyBeAccessedByLayers("domains", "lifecycle", "operation", "jdbc", "actuate", "console", "integration",
				"command", "autoconfigure");

	@ArchTest
	static final ArchRule arrowsOfReplicationPointFromNodeToFormats = Architectures.layeredArchitecture()
		.consideringOnlyDependenciesInLayers()
		.layer("formats")
		.definedBy(REPLICATION + ".ltx", REPLICATION + ".wal")
		.layer("log")
		.definedBy(REPLICATION)
		.layer("stores")
		.definedBy(REPLICATION + ".nats", REPLICATION + ".local")
		.layer("restore")
		.definedBy(REPLICATION + ".restore")
		.layer("divergence")
		.definedBy(REPLICATION + ".divergence")
		.layer("primary")
		.definedBy(REPLICATION + ".primary")
		.layer("follower")
		.definedBy(REPLICATION + ".follower")
		.layer("node")
		.definedBy(REPLICATION + ".node")
		.whereLayer("formats")
		.mayNotAccessAnyLayer()
		.whereLayer("log")
		.mayOnlyAccessLayers("formats")
		.whereLayer("stores")
		.mayOnlyAccessLayers("log", "formats")
		.whereLayer("restore")
		.mayOnlyAccessLayers("log", "formats")
		.whereLayer("divergence")
		.mayOnlyAccessLayers("restore", "log", "formats")
		.whereLayer("primary")
		.mayOnlyAccessLayers("log", "formats")
		.whereLayer("follower")
		.mayOnlyAccessLayers("divergence", "restore", "log", "formats");

	@ArchTest
	static final ArchRule domainsDoNotSeeOneAnother = slices().assignedFrom(new Domains())
		.should()
		.notDependOnEachOther();

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule domainsWorkWithoutSpring = noClasses().that()
		.resideInAnyPackage(ROOT, ROOT + ".election..", ROOT + ".replication..", ROOT + ".vip..", ROOT + ".backend..",
				ROOT + ".member..", ROOT + ".files..", ROOT + ".nats..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..");

	@ArchTest
	static final ArchRule bootIsUsedAtTheEdgeOnly = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".autoconfigure..", ROOT + ".actuate..", ROOT + ".jdbc..", ROOT + ".console..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.boot..");

	@ArchTest
	static final ArchRule natsIsUsedByItsStoresAndTheConnectionOnly = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".nats..", ROOT + ".election.nats..", ROOT + ".replication.nats..",
				ROOT + ".member.nats..", ROOT + ".operation.nats..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.nats..");

	@ArchTest
	static final ArchRule nativeCodeIsCalledWhereTheDesignAllows = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".vip..", ROOT + ".backend..", ROOT + ".replication..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("com.sun.jna..");

	@ArchTest
	static final ArchRule databasesAreOpenedByReplicationAndJdbcOnly = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".replication..", ROOT + ".jdbc..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..");

	@ArchTest
	static final ArchRule statemachineAndReactorAreUsedByLifecycleOnly = noClasses().that()
		.resideOutsideOfPackage(ROOT + ".lifecycle..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.statemachine..", "reactor..", "org.reactivestreams..");

	@ArchTest
	static void statemachineIsUsedByOneClass(JavaClasses classes) {
		Set<JavaClass> users = classes.stream()
			.filter((type) -> type.getDirectDependenciesFromSelf()
				.stream()
				.anyMatch((dependency) -> isStatemachine(dependency.getTargetClass().getPackageName())))
			.map(ArchitectureTests::outermost)
			.collect(Collectors.toSet());
		assertThat(users).as("classes that use Spring Statemachine or Reactor").hasSizeLessThanOrEqualTo(1);
	}

	@ArchTest
	static final ArchRule timeIsInjected = noClasses().should()
		.callMethod(System.class, "currentTimeMillis")
		.orShould()
		.callMethod(Instant.class, "now")
		.orShould()
		.callMethod(LocalDateTime.class, "now")
		.orShould()
		.callMethod(ZonedDateTime.class, "now")
		.orShould()
		.callMethod(OffsetDateTime.class, "now")
		.because("decisions are made on an io.hacluster.Ticker and displays on an injected Clock");

	@ArchTest
	static final ArchRule clocksAreMadeByAutoconfigure = noClasses().that()
		.resideOutsideOfPackage(ROOT + ".autoconfigure")
		.should()
		.callMethodWhere(callTo(Clock.class, "system"));

	@ArchTest
	static final ArchRule monotonicTimeIsReadThroughTheTicker = noClasses().that()
		.doNotHaveFullyQualifiedName(Ticker.class.getName())
		.should()
		.callMethod(System.class, "nanoTime");

	@ArchTest
	static final ArchRule waitsAreOnConditions = noClasses().should().callMethodWhere(callTo(Thread.class, "sleep"));

	@ArchTest
	static final ArchRule staticFieldsAreFinal = fields().that().areStatic().should().beFinal();

	@ArchTest
	static final ArchRule loggersArePrivate = fields().that()
		.haveRawType("org.slf4j.Logger")
		.should()
		.bePrivate()
		.andShould()
		.beFinal();

	@ArchTest
	static void packagesAreNullMarked(JavaClasses classes) {
		Set<JavaPackage> packages = classes.stream()
			.filter((type) -> !type.getSimpleName().equals("package-info"))
			.map(JavaClass::getPackage)
			.collect(Collectors.toSet());
		assertThat(packages).isNotEmpty()
			.allSatisfy((javaPackage) -> assertThat(javaPackage.isAnnotatedWith(NullMarked.class))
				.as("package %s is @NullMarked", javaPackage.getName())
				.isTrue());
	}

	private static boolean isStatemachine(String packageName) {
		return packageName.startsWith("org.springframework.statemachine") || packageName.startsWith("reactor.");
	}

	private static JavaClass outermost(JavaClass type) {
		return type.getEnclosingClass().map(ArchitectureTests::outermost).orElse(type);
	}

	private static DescribedPredicate<JavaMethodCall> callTo(Class<?> owner, String methodPrefix) {
		return DescribedPredicate.describe("a call to " + owner.getSimpleName() + "." + methodPrefix + "..",
				(call) -> call.getTargetOwner().isEquivalentTo(owner) && call.getName().startsWith(methodPrefix));
	}

	private static final class Domains implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass type) {
			return Stream.of("election", "replication", "vip", "backend", "member")
				.filter((domain) -> (type.getPackageName() + ".").startsWith(ROOT + "." + domain + "."))
				.findFirst()
				.map(SliceIdentifier::of)
				.orElseGet(SliceIdentifier::ignore);
		}

		@Override
		public String getDescription() {
			return "the domains";
		}

	}

}
