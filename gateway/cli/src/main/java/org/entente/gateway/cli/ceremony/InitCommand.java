package org.entente.gateway.cli.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.ceremony.AgencyPlan;
import org.entente.gateway.ceremony.AgencySetup;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.ceremony.CeremonyProblem;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleDescription;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.JoinRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code entente init}: an agency's keys, its gateway's configuration and a request to join. */
@Command(
    name = "init",
    description = {
      "Makes an agency's keys, its gateway's configuration and its request to join.",
      "A passphrase protects the keys. The request goes to the roots and contains no secret."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente init --federation demo.entente.example --agency fr.customs --kind customs \\",
      "      --endpoint gw.douane.example:7451 --link de.customs=gw.zoll.example:7452 \\",
      "      --client declarations=publish+evidence --client desk=subscribe \\",
      "      --passphrase-file /etc/entente/fr.customs.passphrase --out"
          + " /var/lib/entente/fr.customs"
    })
public final class InitCommand extends PrintingCommand {
  /** How much earlier certificates become valid, for clocks that are behind. */
  private static final Duration EARLY = Duration.ofMinutes(5);

  @Option(
      names = "--federation",
      required = true,
      paramLabel = "NAME",
      description = "federation to join")
  private String federation = "";

  @Option(
      names = "--agency",
      required = true,
      paramLabel = "AGENCY",
      description = "such as fr.customs")
  private String agency = "";

  @Option(names = "--kind", required = true, description = "${COMPLETION-CANDIDATES}")
  private AgencyKind kind = AgencyKind.OTHER;

  @Option(
      names = "--role",
      description = "${COMPLETION-CANDIDATES}; may be repeated (default: MEMBER)")
  private List<AgencyRole> roles = new ArrayList<>();

  @Option(
      names = "--gateway",
      defaultValue = "gateway-1",
      paramLabel = "NAME",
      description = "name of its gateway (default: ${DEFAULT-VALUE})")
  private String gateway = "";

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      description = "address at which peers reach it; absent if it only dials out")
  private @Nullable String endpoint;

  @Option(
      names = "--via",
      paramLabel = "AGENCY",
      description = "transit through which peers reach it; may be repeated")
  private List<String> via = new ArrayList<>();

  @Option(
      names = "--link",
      paramLabel = "AGENCY[=HOST:PORT]",
      mapFallbackValue = "",
      description =
          "a direct link; with = the address to dial, or several joined by commas; may be repeated")
  private Map<String, String> links = new TreeMap<>();

  @Option(
      names = "--client",
      paramLabel = "NAME=SCOPE[+SCOPE]",
      description =
          "one of its own systems and its scopes joined by +, as in desk=subscribe+evidence; may be"
              + " repeated")
  private Map<String, String> clients = new TreeMap<>();

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "a DNS name or address of the gateway for its clients; may be repeated")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--listen-clients",
      defaultValue = "127.0.0.1:7441",
      paramLabel = "HOST:PORT",
      description = "default: ${DEFAULT-VALUE}")
  private String listenClients = "";

  @Option(names = "--listen-peers", paramLabel = "HOST:PORT", description = "default: the endpoint")
  private @Nullable String listenPeers;

  @Option(
      names = "--listen-admin",
      defaultValue = "127.0.0.1:9441",
      paramLabel = "HOST:PORT",
      description = "default: ${DEFAULT-VALUE}")
  private String listenAdmin = "";

  @Option(
      names = "--days",
      defaultValue = "365",
      paramLabel = "N",
      description = "days for which keys and certificates are valid (default: ${DEFAULT-VALUE})")
  private int days;

  @Option(
      names = "--passphrase-file",
      required = true,
      paramLabel = "FILE",
      description = "file with at least 12 characters, readable by its owner only")
  private Path passphraseFile = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "the agency's folder; empty or not yet existing")
  private Path out = Path.of("");

  @Override
  public void run() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    AgencyPlan plan = plan(now);
    byte[] config = YamlFiles.print(configuration()).getBytes(StandardCharsets.UTF_8);
    AgencySetup.SetupResult founded;
    try (SecretBytes passphrase = PassphraseReader.read(passphraseFile)) {
      PrivateFiles.emptyFolder(out);
      PrivateFiles.folder(out.resolve("agreements"));
      founded = new AgencySetup(plan, out, passphrase, new SecureRandom()).found();
    } catch (FileAlreadyExistsException e) {
      throw new CeremonyProblem(out + " is not empty; each agency needs a folder of its own", e);
    } catch (IOException e) {
      throw new CeremonyProblem(out + " cannot be written: " + FileErrorText.words(e), e);
    }
    JoinRequest request = new JoinRequest(plan.federation(), now, founded.member());
    Path file = out.resolve(agency + ".join");
    CeremonyFiles.write(file, founded.request(request));
    CeremonyFiles.write(out.resolve("node.yaml"), config);
    BundleDescription.request(request).forEach(this::print);
    print("  hand on      " + file);
    print("  keep         the rest of " + out + "; store ca.key away from the gateway");
    print("  then         put agreements into " + out.resolve("agreements") + ", and");
    print("               entente join --config " + out.resolve("node.yaml") + " \\");
    print("                   --bundle BUNDLE --roots ROOTS --fingerprint DIGITS \\");
    print("                   --request " + file);
  }

  private AgencyPlan plan(Instant now) {
    Set<AgencyRole> all = roles.isEmpty() ? EnumSet.of(AgencyRole.MEMBER) : EnumSet.copyOf(roles);
    List<Endpoint> endpoints = endpoint == null ? List.of() : List.of(Endpoint.parse(endpoint));
    List<String> names = new ArrayList<>(hosts.isEmpty() ? List.of("localhost") : hosts);
    if (hosts.isEmpty()) {
      names.add("127.0.0.1");
    }
    return new AgencyPlan(
        new FederationName(federation),
        new AgencyName(agency),
        kind,
        all,
        endpoints,
        via.stream().map(AgencyName::new).toList(),
        List.of(new NodeName(gateway)),
        clients.keySet().stream().map(NodeName::new).toList(),
        names,
        now.minus(EARLY),
        now.plus(Duration.ofDays(days)));
  }

  private NodeConfig configuration() {
    Path node = Path.of(gateway);
    return new NodeConfig(
        federation,
        agency,
        gateway,
        new NodeConfig.Trust(Path.of("trust-bundle.note"), Path.of("roots.json")),
        new NodeConfig.Tls(node.resolve("tls.crt"), node.resolve("tls.key")),
        node.resolve("keystore"),
        new NodeConfig.Passphrase(passphraseFile.toAbsolutePath(), null),
        node.resolve("data"),
        node.resolve("audit"),
        new NodeConfig.Backup(node.resolve("backup"), 0),
        new NodeConfig.PolicySettings(Path.of("agreements"), null, null, List.of()),
        new NodeConfig.Listen(
            listenClients, listenPeers == null ? endpoint : listenPeers, listenAdmin),
        null,
        links.entrySet().stream().map(InitCommand::link).toList(),
        clients.entrySet().stream()
            .map(
                entry ->
                    new NodeConfig.Client(
                        entry.getKey(), scopes(entry.getValue()), List.of(), null))
            .toList(),
        Path.of("clients.yaml"),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        new AttachmentsConfig(node.resolve("attachments"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        null,
        List.of(),
        null);
  }

  private static NodeConfig.Link link(Map.Entry<String, String> link) {
    List<String> dial =
        link.getValue().isEmpty() ? List.of() : Arrays.asList(link.getValue().split(",", -1));
    return new NodeConfig.Link(new AgencyName(link.getKey()).value(), dial, null);
  }

  private static List<String> scopes(String text) {
    try {
      return Arrays.stream(text.split("\\+", -1)).map(Scope::parse).map(Scope::toString).toList();
    } catch (InvalidValue e) {
      throw new UsageError("--client: " + e.getMessage(), e);
    }
  }
}
