package org.entente.gateway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.testkit.HostileText;
import org.entente.gateway.testkit.TlsHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Threat 64: every command that calls a gateway, against one that checks nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileGatewayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ID = "019712c0ffee70008000000000000001";

  /** Steers a terminal, and would begin a line of its own. */
  private static final String TEXT =
      "\u001b[2K\u001b[1A \u009b31m \u202egnp.exe \u2028 \u0007\r\nforged";

  private static final String SAMPLE = "../../config/samples/ipr.jsonl";
  private static final CommandLine ROOT = RootCommand.commandLine("help");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Values of arguments for which their type is not enough, by name. */
  private static final Map<String, String> VALUES =
      Map.of(
          "--score", "0.5",
          "--date", "2030-01-01",
          "--category", "IPR",
          "--purpose", "IPR_ENFORCEMENT",
          "--to", "de.customs",
          "--subject", "container:CSQU3054383",
          "--within", "24",
          "EXPECTATIONS", "../../config/expectations",
          "FILE", SAMPLE);

  /** Options beyond the required ones, by command. */
  private static final Map<String, List<String>> MORE =
      Map.of(
          "tail", List.of("--count=1"),
          "send", List.of("--alerts=" + SAMPLE),
          "policy explain",
              List.of(
                  "--to=de.customs",
                  "--category=IPR",
                  "--purpose=IPR_ENFORCEMENT",
                  "--classification=RESTRICTED"));

  /**
   * {@code init} and {@code context add} write the address; {@code audit verify} and {@code audit
   * report} first need a bundle that verifies.
   */
  private static final Set<String> CALL_NOTHING =
      Set.of("init", "context add", "audit verify", "audit report");

  /** What says whom to call: required unless a context says it. */
  private static final Set<String> ADDRESS = Set.of("--gateway", "--credentials");

  @TempDir static Path folder;

  private final HostileGateway hostile = new HostileGateway();
  private Server server;
  private int files;

  @BeforeAll
  void start() throws IOException {
    SecureRandom random = new SecureRandom();
    Instant from = Instant.now().minus(Duration.ofHours(1));
    Instant to = from.plus(Duration.ofDays(1));
    CertificateAuthority ca = CertificateAuthority.selfSigned("hostile", from, to, random);
    TlsHolder holder = TlsHolder.issue(ca, "spiffe://test/agency/fr.customs/gateway/gw", from, to);
    holder.writeTo(folder);
    Files.writeString(folder.resolve("ca.crt"), Pem.encode(List.of(ca.certificate())));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.forServer(
                        folder.resolve("tls.crt").toFile(), folder.resolve("tls.key").toFile())
                    .build())
            .fallbackHandlerRegistry(hostile)
            .build()
            .start();
  }

  @AfterAll
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  static Stream<String> commands() {
    List<String> found = new ArrayList<>();
    collect(ROOT, "", found);
    return found.stream();
  }

  private static void collect(CommandLine line, String path, List<String> found) {
    if (calls(line.getCommandSpec()) && !CALL_NOTHING.contains(path.strip())) {
      found.add(path.strip());
    }
    line.getSubcommands().forEach((name, command) -> collect(command, path + " " + name, found));
  }

  private static boolean calls(CommandSpec command) {
    return command.findOption("--gateway") != null;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_printsNothingThatSteersATerminal(String command) {
    for (int choice = 0; choice < HostileGateway.CHOICES; choice++) {
      hostile.answer(TEXT, choice);
      assertSteersNothing(words(command));
    }
  }

  /** A program that reads standard output meets JSON alone, whatever the gateway answers. */
  @ParameterizedTest
  @MethodSource("commandsWithJson")
  void commandWithJson_printsOneObjectOnEachLine(String command) throws IOException {
    for (int choice = 0; choice < HostileGateway.CHOICES; choice++) {
      hostile.answer("text \u001b[2K", choice);
      List<String> words = words(command);
      words.add("--json");
      CommandFixture run = new CommandFixture();
      assertTimeoutPreemptively(PATIENCE, () -> run.run(words), () -> "endless: " + words);
      for (String line : run.out().lines().toList()) {
        assertTrue(MAPPER.readTree(line).isObject(), () -> words + " prints " + line);
      }
    }
  }

  static Stream<String> commandsWithJson() {
    return commands().filter(path -> at(path).findOption("--json") != null);
  }

  @Test
  void nameOfAFile_steersNoTerminal() throws IOException {
    Path alerts = Files.createDirectory(folder.resolve("alerts"));
    Files.copy(Path.of(SAMPLE), alerts.resolve("\u001b[2K\nforged.jsonl"));
    List<String> words = new ArrayList<>(words("send"));
    words.remove("--alerts=" + SAMPLE);
    words.add("--alerts=" + alerts);
    for (int choice = 0; choice < HostileGateway.CHOICES; choice++) {
      hostile.answer("good", choice);
      assertSteersNothing(words);
    }
  }

  @Test
  void export_whosePagesRepeat_ends() {
    hostile.answer("again", 0);
    List<String> words = words("audit export");
    CommandFixture run = new CommandFixture();
    assertEquals(1, assertTimeoutPreemptively(PATIENCE, () -> run.run(words)), run.out());
    assertTrue(run.err().contains("that the next page begins at again"), run.err());
  }

  private void assertSteersNothing(List<String> words) {
    CommandFixture run = new CommandFixture();
    assertTimeoutPreemptively(PATIENCE, () -> run.run(words), () -> "endless: " + words);
    String printed = run.out() + run.err();
    assertFalse(hostile.called().isEmpty(), () -> words + " called nothing: " + printed);
    assertEquals(List.of(), HostileText.steering(printed), printed);
    assertFalse(printed.contains("\nforged"), printed);
    assertFalse(printed.contains("internal error"), printed);
  }

  private List<String> words(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    CommandSpec spec = at(command);
    spec.positionalParameters().stream()
        .filter(ArgSpec::required)
        .forEach(one -> words.add(value(one, one.paramLabel())));
    List<OptionSpec> needed = new ArrayList<>();
    spec.options().stream()
        .filter(one -> isNeeded(one) && one.group() == null)
        .forEach(needed::add);
    for (ArgGroupSpec group : spec.argGroups()) {
      collect(group, needed);
    }
    for (OptionSpec option : needed) {
      words.add(
          option.longestName()
              + (option.arity().max() == 0 ? "" : "=" + value(option, option.longestName())));
    }
    words.addAll(MORE.getOrDefault(command, List.of()));
    return words;
  }

  private static CommandSpec at(String command) {
    CommandLine line = ROOT;
    for (String name : command.split(" ", -1)) {
      line = Objects.requireNonNull(line.getSubcommands().get(name), name);
    }
    return line.getCommandSpec();
  }

  /** The options of a group by which a command calls a gateway, or of one that it needs. */
  private static boolean collect(ArgGroupSpec group, List<OptionSpec> needed) {
    for (ArgGroupSpec part : group.subgroups()) {
      if (has(part, "--gateway")) {
        return collect(part, needed);
      }
    }
    if (has(group, "--gateway") || group.multiplicity().min() > 0) {
      if (group.exclusive()) {
        needed.add(group.options().get(0));
      } else {
        group.options().stream().filter(HostileGatewayTest::isNeeded).forEach(needed::add);
      }
      return true;
    }
    return false;
  }

  private static boolean isNeeded(OptionSpec option) {
    return option.required() || ADDRESS.contains(option.longestName());
  }

  private static boolean has(ArgGroupSpec group, String name) {
    return group.options().stream().anyMatch(one -> one.longestName().equals(name))
        || group.subgroups().stream().anyMatch(one -> has(one, name));
  }

  private String value(ArgSpec argument, String name) {
    Class<?> type = argument.auxiliaryTypes()[0];
    if (VALUES.containsKey(name)) {
      return VALUES.get(name);
    }
    if (name.equals("--gateway")) {
      return "localhost:" + server.getPort();
    }
    if (name.equals("--credentials")) {
      return folder.toString();
    }
    if (type == ByteString.class) {
      return ID;
    }
    if (type == Timestamp.class) {
      return "2030-01-01";
    }
    if (type == Path.class) {
      return folder.resolve("file-" + files++).toString();
    }
    if (ProtocolMessageEnum.class.isAssignableFrom(type)) {
      return EnumNames.word((ProtocolMessageEnum) type.getEnumConstants()[1]);
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0].toString();
    }
    return type == String.class ? "word" : "1";
  }
}
