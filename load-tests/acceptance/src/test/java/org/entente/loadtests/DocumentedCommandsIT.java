package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.testkit.CommandStep;
import org.entente.loadtests.testkit.DemonstrationSteps;
import org.entente.loadtests.testkit.DocumentedCommand;
import org.entente.loadtests.testkit.StepRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader who types the commands of the pages gets what the pages say. */
final class DocumentedCommandsIT {
  private static final String LOOPBACK = "127.0.0.1:";

  @TempDir private Path folder;
  private final Map<String, String> replaced = new LinkedHashMap<>();
  private final FreePorts ports = new FreePorts(new SecureRandom());
  private StepRunner steps;

  @BeforeEach
  void begin() {
    Path home = ConfigurationHome.find().folder();
    replaced.put("/tmp/federation", folder.resolve("federation").toString());
    replaced.put("config/", home.resolve("config") + "/");
    steps = new StepRunner(folder, replaced);
  }

  @AfterEach
  void end() {
    steps.close();
    ports.close();
  }

  @Test
  void pagesAndSteps_haveTheSameCommands() throws IOException {
    Map<String, String> documented =
        DocumentedCommand.all().stream()
            .collect(
                Collectors.toMap(
                    DocumentedCommand::text,
                    command -> command.page() + ":" + command.line(),
                    (first, second) -> first));
    List<String> declared =
        Stream.of(
                DocumentedSteps.laidOut(),
                DocumentedSteps.running(),
                DocumentedSteps.aboutRights(),
                DocumentedSteps.otherTurnsAboutRights(),
                DocumentedSteps.afterwards(),
                DocumentedSteps.stopped(),
                GuideSteps.officer(),
                GuideSteps.lawyer(),
                DemonstrationSteps.all(),
                CeremonySteps.all(),
                RecoverySteps.all(),
                NextCaSteps.all())
            .flatMap(List::stream)
            .map(CommandStep::command)
            .toList();
    Set<String> unrun = new TreeSet<>();
    documented.forEach(
        (text, place) -> {
          if (!declared.contains(text)) {
            unrun.add(place + ": " + text);
          }
        });
    assertEquals(Set.of(), unrun, "documented, and no step runs it");
    Set<String> undocumented = new TreeSet<>(declared);
    undocumented.removeAll(documented.keySet());
    assertEquals(Set.of(), undocumented, "run, and no longer documented");
    assertEquals(declared.size(), Set.copyOf(declared).size(), "a step stands there twice");
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void federationByHand_doesWhatThePagesSay() throws IOException, InterruptedException {
    steps.run(DocumentedSteps.laidOut());
    moveToFreePorts();
    secret(folder.resolve("federation").resolve("new-passphrase"));
    steps.run(DocumentedSteps.running());
    steps.run(DocumentedSteps.aboutRights());
    steps.run(DocumentedSteps.otherTurnsAboutRights());
    steps.run(DocumentedSteps.afterwards());
    steps.stopAll();
    steps.run(DocumentedSteps.stopped());
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void guides_doWhatTheySay() throws IOException, InterruptedException {
    steps.run(DocumentedSteps.laidOut());
    moveToFreePorts();
    steps.run(GuideSteps.lawyer());
    steps.run(
        DocumentedSteps.running().stream()
            .filter(step -> step.command().startsWith("./entente run "))
            .toList());
    steps.run(GuideSteps.officer());
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void demonstrations_thatAreStopped_leaveNothingBehind() throws IOException, InterruptedException {
    steps.run(DemonstrationSteps.stopped());
    assertEquals(1, left("entente-demo-*").size(), "only --keep leaves its folder");
    assertEquals(List.of(), running(), "what was stopped leaves no gateway behind");
  }

  /** The pages' addresses may be taken on this machine. */
  private void moveToFreePorts() throws IOException {
    for (String port : List.of("7441", "7442", "7451", "7452", "9441", "9442")) {
      replaced.put(LOOPBACK + port, ports.address());
    }
    try (DirectoryStream<Path> nodes =
        Files.newDirectoryStream(folder.resolve("federation"), "*.yaml")) {
      for (Path node : nodes) {
        String yaml = Files.readString(node);
        for (Map.Entry<String, String> one : replaced.entrySet()) {
          if (one.getKey().startsWith(LOOPBACK)) {
            yaml = yaml.replace(one.getKey(), one.getValue());
          }
        }
        Files.writeString(node, yaml);
      }
    }
    assertTrue(
        Files.readString(folder.resolve("federation").resolve("fr.customs.yaml"))
            .contains(replaced.get(LOOPBACK + "7441")));
  }

  private static void secret(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "a passphrase for " + file.getFileName() + "\n");
  }

  private List<Path> left(String glob) throws IOException {
    List<Path> left = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(steps.temporary(), glob)) {
      found.forEach(left::add);
    }
    return left;
  }

  /** Processes of this machine that were told of this test's folder. */
  private List<String> running() throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String command = commandLine(process).replace('\0', ' ');
        if (command.contains(" run --config " + folder)) {
          found.add(process + command.substring(command.indexOf(" run ")));
        }
      }
    }
    return found;
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
