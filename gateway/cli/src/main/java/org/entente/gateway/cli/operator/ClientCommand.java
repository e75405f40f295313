package org.entente.gateway.cli.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.operator.ClientCertificateOptions.Obtained;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TextTable;
import org.entente.gateway.config.ClientList;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.offline.ClientListEditor;
import org.entente.gateway.node.offline.ClientListEditor.Adoption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands for the agency's own clients, their scopes and their certificates. */
@Command(
    name = "client",
    description = {
      "Adds, changes, renews, lists and revokes the agency's own clients.",
      "Works on the file `client_list` of the node's configuration; a running gateway follows"
          + " within seconds.",
      "Run it as the gateway's user."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ClientCommand.Add.class,
      ClientCommand.Grant.class,
      ClientCommand.Renew.class,
      ClientCommand.ListClients.class,
      ClientCommand.Revoke.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente client add night-desk --scope subscribe --scope evidence \\",
      "      --config /var/lib/entente/fr.customs/node.yaml --ca /media/ca --out /tmp/night-desk",
      "  entente client revoke night-desk --config /var/lib/entente/fr.customs/node.yaml"
    })
public final class ClientCommand {
  /** A command on a node's client list. */
  abstract static class OnList extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Override
    protected final void run() throws InterruptedException {
      ClientListEditor opened = ClientListEditor.open(config, InstantSource.system());
      try (ClientListEditor editor = opened) {
        with(editor);
      }
      afterwards(opened);
    }

    abstract void with(ClientListEditor editor);

    /** What is left to do once other commands may change the list. */
    void afterwards(ClientListEditor editor) throws InterruptedException {}
  }

  /** A command that changes one client. */
  abstract static class Change extends OnList {
    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int LONGEST_WAIT = 600;

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = "the client's name, 1 to 32 characters of a-z 0-9 and -")
    private String name = "";

    @Option(
        names = "--by",
        paramLabel = "NAME",
        description =
            "who changes it, for the audit log, at most 64 characters (default: this user)")
    private @Nullable String by;

    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        description =
            "how long to wait until a running gateway confirms the change, 0 to 600; default 10")
    private int seconds = 10;

    @Override
    final void with(ClientListEditor editor) {
      if (seconds < 0 || seconds > LONGEST_WAIT) {
        throw new UsageError("--wait: found " + seconds + "; valid is 0 to " + LONGEST_WAIT);
      }
      change(editor);
    }

    abstract void change(ClientListEditor editor);

    NodeName name() {
      try {
        return new NodeName(name);
      } catch (InvalidValue e) {
        throw new UsageError("NAME: " + e.getMessage(), e);
      }
    }

    /** The client of this name, whether or not it was revoked. */
    ClientList.Entry existing(ClientListEditor editor) {
      return editor
          .find(name().value())
          .orElseThrow(
              () ->
                  new CommandFailure(
                      "there is no client \"%s\"; %s"
                          .formatted(
                              name,
                              NameSuggestion.of(
                                  name,
                                  editor.entries().stream()
                                      .map(ClientList.Entry::name)
                                      .toList()))));
    }

    void put(ClientListEditor editor, ClientList.Entry entry) {
      editor
          .refusal()
          .ifPresent(
              why ->
                  err()
                      .println(
                          "the file was not in force and is replaced, from version "
                              + editor.list().version()
                              + " on: "
                              + why));
      editor.put(entry, by == null ? System.getProperty("user.name", "unknown") : by);
    }

    @Override
    void afterwards(ClientListEditor editor) throws InterruptedException {
      Optional<ClientList> stored = editor.stored();
      if (stored.isPresent()) {
        say(stored.get().version(), awaited(editor));
      }
    }

    private Adoption awaited(ClientListEditor editor) throws InterruptedException {
      long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      Adoption now = editor.adoption();
      while (now == Adoption.PENDING && System.nanoTime() - end < 0) {
        Thread.sleep(BETWEEN.toMillis());
        now = editor.adoption();
      }
      return now;
    }

    private void say(long version, Adoption adoption) {
      switch (adoption) {
        case IN_FORCE -> print("  in force     now, as client list " + version);
        case STOPPED ->
            print("  in force     when the gateway starts: nothing listens at its admin port");
        case PENDING -> {
          if (seconds > 0) {
            throw new CommandFailure(
                "client list %d is stored, but the gateway has not confirmed it within %d s; `entente doctor` says why. If the gateway is stopped, its start puts the list in force"
                    .formatted(version, seconds));
          }
          print("  in force     not awaited; the gateway follows within seconds, if it runs");
        }
      }
    }
  }

  /** What a client may do. */
  static final class Rights {
    @Option(
        names = "--scope",
        required = true,
        paramLabel = "SCOPE",
        description =
            "publish, subscribe, search, watch, score, evidence, release, respond, consent, recall,"
                + " task, retention, operate_jointly, audit, operator, ipr or rights_holder;"
                + " may be repeated")
    private List<String> scopes = new ArrayList<>();

    @Option(
        names = "--desk",
        paramLabel = "DESK",
        description = "a desk of the agency that the client serves; may be repeated")
    private List<String> desks = new ArrayList<>();

    @Option(names = "--desks-only", description = "it receives only messages for its desks")
    private boolean desksOnly;

    ClientList.Entry of(NodeName name, List<ClientList.Certificate> certificates) {
      List<String> known = new ArrayList<>();
      try {
        scopes.stream().map(Scope::parse).distinct().map(Scope::toString).forEach(known::add);
      } catch (InvalidValue e) {
        throw new UsageError("--scope: " + e.getMessage(), e);
      }
      return new ClientList.Entry(
          name.value(), known, desks, desksOnly ? true : null, certificates, null);
    }
  }

  /** Adds a client. */
  @Command(
      name = "add",
      description = {
        "Adds a client: issues its certificate, and lets the gateway accept that one.",
        "With --csr the key never leaves the client. With --certificate the certificate was issued"
            + " elsewhere.",
        "With --same-client a client that was revoked is added again; its old certificates stay"
            + " refused."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  entente client add night-desk --scope subscribe \\",
        "      --config /var/lib/entente/fr.customs/node.yaml \\",
        "      --ca /media/ca --csr night-desk.csr --out /tmp/night-desk"
      })
  static final class Add extends Change {
    @Mixin private Rights rights = new Rights();
    @Mixin private ClientCertificateOptions source = new ClientCertificateOptions();

    @Option(
        names = "--same-client",
        description =
            "add a revoked client again; it keeps what its name has, such as cursors and watches")
    private boolean isSame;

    @Override
    void change(ClientListEditor editor) {
      source.check();
      editor.find(name().value()).ifPresent(this::requireFree);
      editor.requireValid(rights.of(name(), List.of()));
      Obtained obtained = source.obtain(editor, name(), Instant.now());
      ClientList.Entry entry =
          rights.of(name(), List.of(ClientListEditor.listed(obtained.certificate())));
      print(entry.name() + " has the scopes " + String.join(", ", entry.scopes()));
      printObtained(this, obtained);
      put(editor, entry);
    }

    /** Cursors, watches and drafts go by the name: another system must not get them unnoticed. */
    private void requireFree(ClientList.Entry entry) {
      if (entry.revoked() == null) {
        throw new CommandFailure(
            "the client %s exists already; `entente client grant` changes what it may do, `entente client renew` its certificate"
                .formatted(entry.name()));
      }
      if (!isSame) {
        throw new CommandFailure(
            "%s was revoked at %s, and its name keeps its cursors, watches and drafts; choose another name for another system, or confirm with --same-client"
                .formatted(entry.name(), entry.revoked()));
      }
    }
  }

  /** Replaces a client's scopes. */
  @Command(
      name = "grant",
      description = {
        "Replaces what a client may do: its scopes and its desks.",
        "A call of a client that loses a scope ends; its next call is judged by the new ones."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  entente client grant night-desk --scope subscribe \\",
        "      --config /var/lib/entente/fr.customs/node.yaml"
      })
  static final class Grant extends Change {
    @Mixin private Rights rights = new Rights();

    @Override
    void change(ClientListEditor editor) {
      ClientList.Entry before = existing(editor);
      requireInForce(before);
      ClientList.Entry entry = rights.of(name(), before.certificates());
      editor.requireValid(entry);
      print(entry.name() + " has the scopes " + String.join(", ", entry.scopes()));
      put(editor, entry);
    }
  }

  /** Renews a client's certificate. */
  @Command(
      name = "renew",
      description = {
        "Issues a client's next certificate.",
        "The current one stays valid until it expires, so that the client can switch over; --now"
            + " ends it at once."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  entente client renew night-desk \\",
        "      --config /var/lib/entente/fr.customs/node.yaml --ca /media/ca \\",
        "      --csr night-desk.csr --out /tmp/night-desk-2"
      })
  static final class Renew extends Change {
    @Mixin private ClientCertificateOptions source = new ClientCertificateOptions();

    @Option(
        names = "--now",
        description = "accept only the new certificate from now on; end connections with another")
    private boolean now;

    @Override
    void change(ClientListEditor editor) {
      source.check();
      ClientList.Entry before = existing(editor);
      requireInForce(before);
      Instant at = Instant.now();
      List<ClientList.Certificate> kept =
          now
              ? List.of()
              : before.certificates().stream().filter(one -> !one.until().isBefore(at)).toList();
      if (kept.size() >= ClientList.MOST_CERTIFICATES) {
        throw new CommandFailure(
            "%s has %d certificates in force, the most that are valid; use --now to replace them"
                .formatted(before.name(), kept.size()));
      }
      Obtained obtained = source.obtain(editor, name(), at);
      printObtained(this, obtained);
      if (!now && before.certificates().isEmpty()) {
        print(
            "  in force     already: the gateway accepts each certificate of the CA for this name");
        return;
      }
      List<ClientList.Certificate> next = new ArrayList<>(kept);
      next.add(ClientListEditor.listed(obtained.certificate()));
      put(
          editor,
          new ClientList.Entry(
              before.name(),
              before.scopes(),
              before.desks(),
              before.desksOnly(),
              next.stream().distinct().toList(),
              null));
    }
  }

  /** Revokes a client. */
  @Command(
      name = "revoke",
      description = {
        "Revokes a client: no certificate of it is accepted, and its connections and streams end.",
        "Repeating the command changes nothing. `entente client add --same-client` admits it"
            + " again."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente client revoke night-desk --config /var/lib/entente/fr.customs/node.yaml")
  static final class Revoke extends Change {
    @Override
    void change(ClientListEditor editor) {
      ClientList.Entry before = existing(editor);
      if (before.revoked() != null) {
        print(before.name() + " was revoked at " + before.revoked() + "; nothing changed");
        return;
      }
      print(before.name() + " revoked");
      put(
          editor,
          new ClientList.Entry(
              before.name(),
              before.scopes(),
              before.desks(),
              before.desksOnly(),
              List.of(),
              Instant.now()));
    }
  }

  /** Lists the clients. */
  @Command(
      name = "list",
      description = {
        "Lists the clients: state, end of the certificate, serial number and scopes.",
        "`any` in place of a certificate: the gateway accepts every certificate that the agency's"
            + " CA issues for the name."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente client list --config /var/lib/entente/fr.customs/node.yaml")
  static final class ListClients extends OnList {
    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    void with(ClientListEditor editor) {
      editor.refusal().ifPresent(why -> err().println("the file is not in force: " + why));
      Instant now = Instant.now();
      if (json) {
        out().println(JsonText.line(asJson(editor, now)));
        return;
      }
      List<ClientList.Entry> all = editor.entries();
      err()
          .println(
              "%d clients; client list version %d, changed by %s"
                  .formatted(all.size(), editor.list().version(), editor.list().changedBy()));
      err().flush();
      TextTable.lines(
              List.of("client", "state", "ends", "days", "serial", "scopes"),
              all.stream().flatMap(entry -> rows(entry, now)).toList())
          .forEach(this::print);
    }

    private static Stream<List<String>> rows(ClientList.Entry entry, Instant now) {
      String scopes = String.join(" ", entry.scopes());
      String state = entry.revoked() == null ? "in force" : "revoked";
      if (entry.certificates().isEmpty()) {
        String which = entry.revoked() == null ? "any" : "";
        return Stream.of(List.of(entry.name(), state, "", "", which, scopes));
      }
      return entry.certificates().stream()
          .map(
              one ->
                  List.of(
                      entry.name(),
                      now.isAfter(one.until()) ? "ended" : state,
                      one.until().toString(),
                      String.valueOf(days(one, now)),
                      one.serial(),
                      scopes));
    }
  }

  private static ObjectNode asJson(ClientListEditor editor, Instant now) {
    ObjectNode whole = JsonText.object();
    whole.put("version", editor.list().version());
    whole.put("changed", editor.list().changed().toString());
    whole.put("changedBy", editor.list().changedBy());
    ArrayNode clients = whole.putArray("clients");
    Set<String> listed =
        editor.list().clients().stream().map(ClientList.Entry::name).collect(Collectors.toSet());
    for (ClientList.Entry entry : editor.entries()) {
      ObjectNode one = clients.addObject();
      one.put("name", entry.name());
      one.put("source", listed.contains(entry.name()) ? "client_list" : "node.yaml");
      entry.scopes().forEach(one.putArray("scopes")::add);
      entry.desks().forEach(one.putArray("desks")::add);
      one.put("desksOnly", Boolean.TRUE.equals(entry.desksOnly()));
      Instant revoked = entry.revoked();
      one.put("revoked", revoked == null ? null : revoked.toString());
      one.put("anyCertificate", revoked == null && entry.certificates().isEmpty());
      ArrayNode certificates = one.putArray("certificates");
      for (ClientList.Certificate certificate : entry.certificates()) {
        ObjectNode shown = certificates.addObject();
        shown.put("serial", certificate.serial());
        shown.put("sha256", certificate.sha256());
        shown.put("from", certificate.from().toString());
        shown.put("until", certificate.until().toString());
        shown.put("daysLeft", days(certificate, now));
      }
    }
    return whole;
  }

  /** Whole days until a certificate ends; negative once it has. */
  private static long days(ClientList.Certificate certificate, Instant now) {
    return Math.floorDiv(
        Duration.between(now, certificate.until()).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  private static void requireInForce(ClientList.Entry entry) {
    if (entry.revoked() != null) {
      throw new CommandFailure(
          "%s was revoked at %s; `entente client add --same-client` admits it again"
              .formatted(entry.name(), entry.revoked()));
    }
  }

  private static void printObtained(PrintingCommand command, Obtained obtained) {
    X509Certificate certificate = obtained.certificate();
    CertificateValidity validity = CertificateValidity.of(certificate);
    command
        .out()
        .println(
            "  certificate  %s, valid until %s"
                .formatted(certificate.getSerialNumber().toString(16), validity.until()));
    if (obtained.folder() != null) {
      command
          .out()
          .println(
              "  hand on      %s%s"
                  .formatted(
                      obtained.folder(),
                      obtained.withKey()
                          ? ", with the private key, to the client's machine; then delete it here"
                          : " to the client"));
    }
  }
}
