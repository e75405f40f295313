package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.ForeignPrograms;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.QuickStartPage;
import org.entente.loadtests.testkit.SharedFederation;
import org.entente.proto.v1.EvidenceProto;
import org.entente.proto.v1.PublisherProto;
import org.entente.proto.v1.SubscriberProto;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each quick start does what its page says, by the page's own commands. */
final class QuickStartIT {
  private static final Pattern PUBLISHED =
      Pattern.compile("([0-9a-f]{32}) accepted\nto de\\.customs under eu-customs-cooperation\n");
  private static final int LINES = 60;

  /** Those of Python and Java, of Go, and of Node. */
  private static final Pattern IMPORTS =
      Pattern.compile("(?m)^(import \\((?s:.*?)^\\)|(import|from) .*|const .* = require\\(.*)$");

  private final Path home = ConfigurationHome.find().folder();

  @RegisterExtension final SharedFederation sharedFederation = new SharedFederation();
  @TempDir private Path folder;

  @Test
  void python_publishesReceivesResumesAndTracks() throws Exception {
    Path python = ForeignPrograms.python(folder);
    follow("Python", page().with("python3", python.toString()));
  }

  @Test
  void node_publishesReceivesResumesAndTracks() throws Exception {
    ForeignPrograms.node();
    // What npm installs stands there.
    follow("Node", page().with("npm ci", ": npm ci"));
  }

  @Test
  @Tag("extended")
  @Tag("foreign-client")
  void java_publishesReceivesResumesAndTracks() throws Exception {
    String bin = Path.of(System.getProperty("java.home"), "bin").toString();
    // Each call is a process, which ends before the optimizing compiler is of use.
    String java = bin + "/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp";
    follow("Java", page().with("javac -d", bin + "/javac -d").with("java -cp", java));
  }

  @Test
  @Tag("extended")
  @Tag("foreign-client")
  void go_publishesReceivesResumesAndTracks() throws Exception {
    ForeignPrograms.go();
    follow("Go", page());
  }

  private QuickStartPage page() throws IOException {
    return new QuickStartPage(folder).in(sharedFederation.running("fr.customs", "de.customs"));
  }

  /** All that the page says of its programs, as a reader of one language sees it. */
  private void follow(String language, QuickStartPage page) throws Exception {
    page.with("quick-start ", "quick-start-" + language.toLowerCase(Locale.ROOT) + " ")
        .with(" record-", " " + language + "-");
    page.prepare(language);
    List<String> calls = page.calls();
    assertEquals(5, calls.size(), "publish, receive, track, and two refusals");
    String publish = calls.get(0);
    String receive = calls.get(1);

    String first = published(page.call(language, publish));
    assertEquals(first, published(page.call(language, publish)), "the same key, the same message");
    Patience.untilSaid(() -> said(page, language, receive), first + " from fr.customs");

    String second = published(page.call(language, publish.replace("record-1", "record-4")));
    String later = Patience.untilSaid(() -> said(page, language, receive), second);
    assertFalse(later.contains(first), "the cursor was acknowledged behind the first message");

    String track = calls.get(2).replace("MESSAGE", first);
    Patience.untilSaid(() -> said(page, language, track), "de.customs PROGRESS_RETRIEVED\n");

    String refused = said(page, language, calls.get(3));
    assertTrue(
        refused.matches("(?s)[0-9a-f]{32} refused\nnot to sg\\.police: NOT_COVERED: .+"), refused);
    Child error = page.call(language, calls.get(4));
    assertEquals(1, error.code(), error::out);
    assertTrue(error.err().contains("SCOPE_MISSING: "), error::err);
    assertFalse(error.err().contains("SCOPE_MISSING: SCOPE_MISSING"), error::err);

    isTold(page.call(language, publish.replaceAll("[^ ]+$", "/nowhere")), "/nowhere/ca.crt");
    isTold(page.call(language, "client"), "track MESSAGE) HOST:PORT FOLDER");
    isTold(page.call(language, publish.replace("publish", "pubish")), "HOST:PORT FOLDER");
  }

  /** One line that says what to correct, in place of a stack trace. */
  private static void isTold(Child mistaken, String what) {
    assertEquals(1, mistaken.code(), mistaken::err);
    assertEquals(1, mistaken.err().strip().lines().count(), mistaken::err);
    assertTrue(mistaken.err().contains(what), mistaken::err);
  }

  private static String published(Child child) {
    assertEquals(0, child.code(), child::err);
    Matcher published = PUBLISHED.matcher(child.out());
    assertTrue(published.matches(), child::out);
    return published.group(1);
  }

  private static String said(QuickStartPage page, String language, String call) {
    try {
      Child child = page.call(language, call);
      assertEquals(0, child.code(), child::err);
      return child.out();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void programs_haveLessThanSixtyLines() throws IOException {
    Map<String, Long> longer = new TreeMap<>();
    try (Stream<Path> programs = Files.list(home.resolve("docs/integrate/quickstart"))) {
      for (Path program : programs.toList()) {
        long lines = linesBesideImports(Files.readString(program));
        if (lines >= LINES) {
          longer.put(String.valueOf(program.getFileName()), lines);
        }
      }
    }
    assertEquals(Map.of(), longer);
  }

  /** Lines that say something; gofmt gives each import, and each empty line, one of its own. */
  private static long linesBesideImports(String program) {
    return IMPORTS.matcher(program).replaceAll("").lines().filter(line -> !line.isBlank()).count();
  }

  /** A reader that has nothing but the set finds each file before those that import it. */
  @Test
  void descriptorSetOfTheDistribution_isWholeAndDescribesTheServices() throws Exception {
    Path set = home.resolve("gateway/cli/target/entente/proto/entente.binpb");
    Map<String, FileDescriptor> files = new LinkedHashMap<>();
    for (FileDescriptorProto file :
        FileDescriptorSet.parseFrom(Files.readAllBytes(set)).getFileList()) {
      FileDescriptor[] imports =
          file.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      files.put(file.getName(), FileDescriptor.buildFrom(file, imports));
    }
    for (FileDescriptor known :
        List.of(
            PublisherProto.getDescriptor(),
            SubscriberProto.getDescriptor(),
            EvidenceProto.getDescriptor())) {
      FileDescriptor found = Objects.requireNonNull(files.get(known.getName()), known::getName);
      assertEquals(known.toProto().getServiceList(), found.toProto().getServiceList());
      assertEquals(names(known), names(found));
    }
    try (Stream<Path> protos = Files.list(home.resolve("proto/src/main/proto/entente/v1"))) {
      for (Path proto : protos.toList()) {
        assertTrue(files.containsKey("entente/v1/" + proto.getFileName()), proto::toString);
      }
    }
  }

  private static List<String> names(FileDescriptor file) {
    return file.getMessageTypes().stream()
        .flatMap(type -> type.getFields().stream())
        .map(field -> field.getFullName() + " " + field.getNumber() + " " + field.getType())
        .toList();
  }
}
