package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.BuiltPackages;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.OciImage;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.testkit.StartedProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The container image runs a gateway, in namespaces that the kernel alone makes. */
@Tag("extended")
@Tag("packages")
final class ImageIT {
  private static final String AGENCY = "fr.customs";
  private static final String VOLUME = "/var/lib/entente";
  private static final int STOPPED_BY_SIGTERM = 143;
  private static final int STOP_SECONDS = 60;

  /** As {@code podman run --read-only --security-opt no-new-privileges} with a volume. */
  private static final String CONTAINER =
      """
      root=$1 volume=$2 user=$3; shift 3
      mkdir -p "$root/proc" "$root/dev"
      mount --bind "$root" "$root"
      mount -o remount,bind,ro "$root"
      mount -t tmpfs tmpfs "$root/tmp"
      mount --bind "$volume" "$root/var/lib/entente"
      mount -t proc proc "$root/proc"
      mount --rbind /dev "$root/dev"
      cd /
      exec setpriv --no-new-privs env -i "${@:1:2}" /usr/sbin/chroot --userspec="$user" --groups= "$root" "${@:3}"
      """;

  @TempDir private Path folder;
  private BuiltPackages packages;
  private OciImage image;

  @BeforeEach
  void unpack() throws Exception {
    packages = new BuiltPackages(folder);
    AcceptanceRequirement.present("root".equals(System.getProperty("user.name")), "root");
    image = OciImage.unpack(packages, packages.named("-image-amd64.tar"), folder);
  }

  @Test
  void image_withReadOnlyRootAndNoPrivilege_servesFromItsVolume() throws Exception {
    Path volume = Files.createDirectories(folder.resolve("volume"));
    try (Federation federation = Federation.mint(ConfigurationHome.find(), volume)) {
      NodePlan plan = federation.plan(AGENCY);
      moveToVolume(plan, volume);
      packages.done(
          container(volume, List.of("config", "check", "--config", VOLUME + "/node.yaml")));
      try (StartedProcess gateway =
          StartedProcess.of(List.of(container(volume, image.list("Cmd"))))) {
        gateway.await("\"agency\":\"" + AGENCY + "\"");
        Metrics.of(plan).awaitReadiness("ready");
        ProcessHandle java = gateway.children().get(0);
        assertUnprivileged(Files.readString(Path.of("/proc/" + java.pid() + "/status")));
        Publications.accepted(
            federation.channel(AGENCY, "declarations"), Publications.draft("de.customs", "sealed"));
        federation.disconnect();
        java.destroy();
        java.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
        assertEquals(STOPPED_BY_SIGTERM, gateway.stop());
      }
    }
  }

  private static void assertUnprivileged(String status) {
    assertTrue(status.contains("\nUid:\t10001\t10001\t10001\t10001\n"), status);
    assertTrue(status.contains("\nGroups:\t\n") || status.contains("\nGroups:\t \n"), status);
    assertTrue(status.contains("\nCapEff:\t0000000000000000\n"), status);
    assertTrue(status.contains("\nCapPrm:\t0000000000000000\n"), status);
    assertTrue(status.contains("\nNoNewPrivs:\t1\n"), status);
  }

  /** What a person mounts: one folder with all that the configuration names. */
  private void moveToVolume(NodePlan plan, Path volume) throws Exception {
    Path rules = ConfigurationHome.find().folder().resolve("config");
    packages.done("cp", "-r", rules.toString(), volume.resolve("config").toString());
    Files.writeString(
        volume.resolve("node.yaml"),
        Files.readString(plan.config())
            .replace(rules.toString(), VOLUME + "/config")
            .replace(volume.toString(), VOLUME));
    packages.done("chown", "-R", image.config().path("User").asText(), volume.toString());
  }

  private String[] container(Path volume, List<String> words) {
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork"));
    command.addAll(List.of("--kill-child", "bash", "-ec", CONTAINER, "container"));
    command.addAll(List.of(image.root().toString(), volume.toString()));
    command.add(image.config().path("User").asText());
    command.addAll(image.list("Env"));
    command.addAll(image.list("Entrypoint"));
    command.addAll(words);
    return command.toArray(String[]::new);
  }

  @Test
  void image_runsJavaAsTheLauncherDoes_andHasNoShell() throws Exception {
    List<String> options = Files.readAllLines(image.root().resolve("etc/entente/java.options"));
    List<String> gateway = Machine.GATEWAY.command("org.entente.gateway.Main");
    List<String> heap = gateway.subList(1, gateway.indexOf("-Duser.timezone=UTC") + 1);
    assertTrue(options.containsAll(heap), options::toString);
    assertTrue(options.contains("-XX:+DisableAttachMechanism"), options::toString);
    assertTrue(options.contains("-XX:-CreateCoredumpOnCrash"), options::toString);
    assertEquals(2, image.list("Env").size(), image::toString);
    assertTrue(image.list("Env").contains("MALLOC_ARENA_MAX=2"), image::toString);
    for (String shell : List.of("bin", "usr/bin", "usr/lib/entente/bin")) {
      assertFalse(Files.exists(image.root().resolve(shell)), shell);
    }
  }
}
