package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.entente.gateway.model.BuildVersion;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.testkit.BuiltPackages;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.LaterBuild;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.testkit.StartedProcess;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A later build starts over the folders of an earlier one, and nothing is lost or repeated. */
@Tag("extended")
@Tag("packages")
final class UpgradeIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final Pattern RECORD = Pattern.compile("record [0-9]");
  private static final int ACKNOWLEDGED = 3;
  private static final int ARRIVING = 6;
  private static final int ALL = 9;
  private static final int STOPPED_BY_SIGTERM = 143;

  @TempDir private Path folder;

  @Test
  void laterArchive_overTheSameFolders_losesNothing() throws Exception {
    BuiltPackages packages = new BuiltPackages(folder);
    Path earlier = packages.unpacked("-linux-x86_64.tar.gz").resolve("bin/entente");
    Path later = packages.unpacked("-linux-x86_64-java.tar.gz");
    LaterBuild.rename(later);
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      List<ByteString> ids = beforeUpgrade(federation, earlier);
      afterUpgrade(federation, later.resolve("bin/entente"), ids);
    }
  }

  @Test
  void laterDebianPackage_overTheEarlier_losesNothing_andLeavesNoJarOfIt() throws Exception {
    BuiltPackages packages = new BuiltPackages(folder);
    Path root = packages.dpkgRoot();
    Path command = root.resolve("usr/bin/entente");
    packages.dpkg(root, "--install", packages.named("_amd64.deb").toString());
    assertTrue(Files.readString(root.resolve("etc/passwd")).contains("entente:"));
    assertTrue(Files.exists(root.resolve("usr/lib/systemd/system/entente@.service")));
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      List<ByteString> ids = beforeUpgrade(federation, command);
      packages.dpkg(root, "--install", LaterBuild.debian(packages, folder).toString());
      try (Stream<Path> files = Files.walk(root.resolve("usr/lib/entente"))) {
        assertEquals(
            List.of(), files.filter(it -> it.toString().contains(BuildVersion.CURRENT)).toList());
      }
      afterUpgrade(federation, command, ids);
    }
    packages.dpkg(root, "--remove", "entente");
    assertFalse(Files.exists(root.resolve("usr/lib/entente")), "no file is left behind");
  }

  /** Leaves messages in each place: acknowledged, received, and waiting at the sender. */
  private List<ByteString> beforeUpgrade(Federation federation, Path command) throws Exception {
    assertEquals("Entente " + BuildVersion.CURRENT, said(command, "--version"));
    try (StartedProcess fr = started(federation, command, FR);
        StartedProcess de = started(federation, command, DE)) {
      List<ByteString> ids = new ArrayList<>(published(federation, 0, ARRIVING));
      assertEquals(records(0, ARRIVING), received(federation, "all", ARRIVING));
      assertEquals(records(0, ACKNOWLEDGED), received(federation, "some", ACKNOWLEDGED));
      stop(federation, de);
      ids.addAll(published(federation, ARRIVING, ALL));
      stop(federation, fr);
      return ids;
    }
  }

  private void afterUpgrade(Federation federation, Path command, List<ByteString> ids)
      throws Exception {
    assertEquals("Entente " + LaterBuild.VERSION, said(command, "--version"));
    said(command, "config", "check", "--config", federation.plan(FR).config().toString());
    AuditResult before = verified(federation, DE);
    try (StartedProcess fr = started(federation, command, FR);
        StartedProcess de = started(federation, command, DE)) {
      assertEquals(records(ACKNOWLEDGED, ALL), received(federation, "some", ALL - ACKNOWLEDGED));
      assertEquals(records(ARRIVING, ALL), received(federation, "all", ALL - ARRIVING));
      assertEquals(ids, published(federation, 0, ALL), "the outcome of each key was kept");
      stop(federation, de);
      stop(federation, fr);
    }
    AuditResult after = verified(federation, DE);
    assertEquals(ALL, after.inboxMessages());
    assertEquals(0, after.inboxDuplicates());
    assertTrue(after.leaves() > before.leaves(), after::toString);
    verified(federation, FR);
  }

  private String said(Path command, String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of(words));
    line.add(0, command.toString());
    Child child = Child.run(folder, line);
    assertEquals(0, child.code(), child::err);
    return child.out().strip();
  }

  private static AuditResult verified(Federation federation, String agency) {
    AuditResult result = AuditResult.verify(federation.plan(agency));
    assertTrue(result.verified(), result::said);
    return result;
  }

  private static StartedProcess started(Federation federation, Path command, String agency)
      throws Exception {
    NodePlan plan = federation.plan(agency);
    StartedProcess gateway =
        StartedProcess.of(List.of(command.toString(), "run", "--config", plan.config().toString()));
    gateway.await("\"agency\":\"" + agency + "\"");
    Metrics.of(plan).awaitReadiness("ready");
    return gateway;
  }

  private static void stop(Federation federation, StartedProcess gateway)
      throws InterruptedException {
    federation.disconnect();
    assertEquals(STOPPED_BY_SIGTERM, gateway.stop());
  }

  private static List<String> records(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
  }

  private static List<ByteString> published(Federation federation, int from, int to) {
    PublisherGrpc.PublisherBlockingStub publisher =
        PublisherGrpc.newBlockingStub(federation.channel(FR, "declarations"));
    List<ByteString> ids = new ArrayList<>();
    for (String record : records(from, to)) {
      Draft draft =
          Publications.draft(DE, record).toBuilder()
              .setIdempotencyKey(record.replace(' ', '-'))
              .build();
      Outcome outcome =
          publisher.publish(PublishRequest.newBuilder().setDraft(draft).build()).getOutcome();
      assertTrue(outcome.hasAccepted(), outcome::toString);
      ids.add(outcome.getMessageId());
    }
    return ids;
  }

  private static List<String> received(Federation federation, String cursor, int count) {
    Child tail = Child.of(federation, DE, "desk", "tail", "--cursor=" + cursor, "--count=" + count);
    assertEquals(0, tail.code(), tail::err);
    return RECORD.matcher(tail.out()).results().map(MatchResult::group).toList();
  }
}
