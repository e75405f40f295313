package org.entente.loadtests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.entente.gateway.Main;

/** This module stays outside: it sees of the gateway what any client could have. */
@AnalyzeClasses(
    packages = "org.entente.loadtests",
    importOptions = ModuleBoundaryTest.ProductionCode.class)
final class ModuleBoundaryTest {
  /** Leaves out tests: this module's own, and those that acceptance shares as a jar. */
  static final class ProductionCode implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
  }

  /** What a client could have too: channels, readers of files, the command line, values. */
  private static final String[] OUTSIDE = {
    "org.entente.gateway.client..",
    "org.entente.gateway.bridge..",
    "org.entente.gateway.cli..",
    "org.entente.gateway.config..",
    "org.entente.gateway.model.."
  };

  /** Parts that the benchmark measures alone. */
  private static final String INSIDE = "org.entente.loadtests.inside..";

  @ArchTest
  static final ArchRule LOAD_TESTS_USE_ONLY_THE_OUTSIDE_OF_THE_GATEWAY =
      noClasses()
          .that()
          .resideOutsideOfPackage(INSIDE)
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.entente.gateway..")
                  .and(resideOutsideOfPackages(OUTSIDE))
                  .and(DescribedPredicate.not(type(Main.class))))
          .because("what the demonstration counts must not come from inside the gateway");

  /**
   * A hostile peer has to speak what peers speak, and an export holds audit records in the form
   * that audit.proto names.
   */
  @ArchTest
  static final ArchRule LOAD_TESTS_SPEAK_THE_CLIENTS_PROTOCOL_ONLY =
      noClasses()
          .that()
          .haveNameNotMatching("org\\.entente\\.loadtests\\.isolation\\.Hostile.*")
          .and()
          .haveNameNotMatching("org\\.entente\\.loadtests\\.scenario\\.action\\.PlainMessage")
          .and()
          .resideOutsideOfPackage(INSIDE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.entente.proto.link..", "org.entente.proto.store..")
          .because("peers' and stored formats are the gateway's own");

  @ArchTest
  static final ArchRule THE_INSIDE_IS_FOR_THE_BENCHMARK =
      noClasses()
          .that()
          .resideOutsideOfPackages(INSIDE, "org.entente.loadtests.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(INSIDE)
          .because("only what measures a part alone may see it");

  /** Each file; a nested class belongs to the file of its outermost class. */
  private static final SliceAssignment FILES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
          return SliceIdentifier.of(javaClass.getName().replaceFirst("\\$.*", ""));
        }

        @Override
        public String getDescription() {
          return "files";
        }
      };

  @ArchTest
  static final ArchRule FILES_HAVE_NO_CYCLES =
      slices()
          .assignedFrom(FILES)
          .should()
          .beFreeOfCycles()
          .because("a file that is part of a cycle cannot be read, or moved, alone");
}
