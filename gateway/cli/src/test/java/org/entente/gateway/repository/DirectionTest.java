package org.entente.gateway.repository;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Message flow is one way, and the packages show it; and what else holds for every class. */
class DirectionTest {
  private static final String ROOT = "org.entente.gateway.";

  /**
   * Packages in the order of a message's life; each may import those before it. A name stands for
   * its subpackages too.
   */
  private static final List<String> ORDER =
      List.of(
          "model",
          "text",
          "crypto",
          "store",
          "meter",
          "config",
          "cel",
          "note",
          "account",
          "trace",
          "trust",
          "identity",
          "seal",
          "ceremony",
          "cluster",
          "audit",
          "policy",
          "batch",
          "ledger",
          "witness",
          "link",
          "transmit",
          "intake",
          "retention",
          "receive",
          "deliver",
          "rpc",
          "bridge",
          "feature",
          "admin",
          "client",
          "sizing",
          "node",
          "cli");

  /** What an agency could do without: none imports another. */
  private static final List<String> FEATURES =
      List.of(
          "consent",
          "operation",
          "request",
          "assignment",
          "release",
          "report",
          "operator",
          "search",
          "ipr",
          "watch",
          "risk",
          "cap",
          "trace");

  /** Support packages import {@code model} and only the further ones named here. */
  private static final java.util.Map<String, List<String>> SUPPORT =
      java.util.Map.of(
          "model", List.of(),
          "text", List.of("model"),
          "crypto", List.of("model"),
          "store", List.of("model"),
          "meter", List.of("model"),
          "config", List.of("model"),
          "cel", List.of("model"),
          "note", List.of("model", "crypto"),
          "client", List.of("model", "crypto", "config", "identity"),
          "bridge", List.of("model", "text", "cel", "config"));

  private static final JavaClasses CLASSES = ProductionCode.CLASSES;

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

  @TestFactory
  Stream<DynamicTest> feature_importsNoOther() {
    return FEATURES.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage("org.entente.gateway.feature." + name + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(
                                FEATURES.stream()
                                    .filter(other -> !other.equals(name))
                                    .map(other -> "org.entente.gateway.feature." + other + "..")
                                    .toArray(String[]::new))
                            .check(CLASSES)));
  }

  /** A service of a feature, and what answers its streams. */
  @Test
  void feature_usesGrpc_inItsServicesOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "feature..")
        .and()
        .haveNameNotMatching(
            ".*\\.\\w*(Service|MessageFollower|ReminderWatch|UnopenedWatch)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc..")
        .check(CLASSES);
  }

  @TestFactory
  Stream<DynamicTest> package_imports_onlyWhatStandsBeforeIt() {
    return ORDER.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
  }

  private static void check(String name) {
    List<String> allowed =
        SUPPORT.containsKey(name) ? SUPPORT.get(name) : ORDER.subList(0, ORDER.indexOf(name));
    List<String> banned = new ArrayList<>();
    for (String other : ORDER) {
      if (!other.equals(name) && !allowed.contains(other)) {
        banned.add(ROOT + other + "..");
      }
    }
    noClasses()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(banned.toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("org.entente.gateway.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /**
   * Packages have no cycles, so this is about files of one package. A sealed interface may list
   * classes of other files: that is no dependency here.
   */
  @Test
  void files_haveNoCycles() {
    slices().assignedFrom(FILES).should().beFreeOfCycles().check(CLASSES);
  }

  @TestFactory
  Stream<DynamicTest> library_hasOneHome() {
    return Stream.of(
        home("org.bouncycastle..", "crypto"),
        home("org.rocksdb..", "store"),
        home("org.apache.ratis..", "cluster"),
        home("com.google.re2j..", "cel"),
        home("io.prometheus..", "meter"),
        home("dev.cel..", "cel"),
        home("org.apache.lucene..", "feature.search"),
        home("io.opentelemetry..", "feature.trace"),
        home("com.ibm.icu..", "text"),
        home("picocli..", "cli"),
        home("gg.jte..", "node.console"),
        home("io.netty..", "rpc", "link", "client", "admin"),
        // The node hands channels of rpc to link.
        home("io.grpc..", "rpc", "link", "client", "cli", "node.assembly", "feature"));
  }

  /** A port that is opened in another way would not charge what its callers use of it. */
  @Test
  void grpcPorts_areOpenedByTheGuardedServerAlone() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + "rpc.server.GuardedServer")
        .should()
        .callMethod(
            "io.grpc.netty.NettyServerBuilder",
            "forAddress",
            java.net.SocketAddress.class.getName())
        .orShould()
        .callMethod("io.grpc.netty.NettyServerBuilder", "forPort", int.class.getName())
        .check(CLASSES);
  }

  /** Nothing that could be read is on a disk: a directory of files would hold the index there. */
  @Test
  void searchIndex_isInMemoryOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("org\\.apache\\.lucene\\.store\\.(?!ByteBuffersDirectory$|Directory$).*")
        .check(CLASSES);
    classes()
        .that()
        .haveSimpleName("MessageIndex")
        .should()
        .dependOnClassesThat()
        .haveSimpleName("ByteBuffersDirectory")
        .check(CLASSES);
  }

  /** A test can only move the clock of a node that asks no other. */
  @Test
  void timeOfDay_isAskedOfTheMachineByCommandsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli..")
        .should()
        .callMethodWhere(asksTheMachine())
        .orShould()
        .callConstructor(java.util.Date.class)
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaMethodCall> asksTheMachine() {
    return new DescribedPredicate<>("the time of day is asked of the machine") {
      @Override
      public boolean test(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        String name = call.getName();
        return (owner.startsWith("java.time.")
                && (name.equals("now") || name.startsWith("system") || name.startsWith("tick")))
            || (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
            || (owner.equals("java.util.Calendar") && name.equals("getInstance"));
      }
    };
  }

  private static DynamicTest home(String library, String... packages) {
    String[] homes = Stream.of(packages).map(p -> ROOT + p + "..").toArray(String[]::new);
    return DynamicTest.dynamicTest(
        library,
        () ->
            noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES));
  }
}
