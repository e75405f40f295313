package org.entente.certsdev;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.BundleEdit;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entente certs update}: signs the next version of a minted federation's trust bundle. */
@Command(
    name = "update",
    mixinStandardHelpOptions = true,
    header = "Signs the next version of a minted federation's trust bundle.",
    description = {"", "Running gateways adopt it without a restart.", ""},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:refused: the federation cannot be read or written, or has expired",
      "2:invalid options, or a change that names no member"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente certs update --dir /tmp/federation --remove us.cbp",
      "  entente certs update --dir /tmp/federation \\",
      "      --revoke fr.customs=/tmp/federation/fr.customs/clients/desk/tls.crt",
      "  entente certs update --dir /tmp/federation --endpoint x.hub=127.0.0.1:40005",
      "  entente certs update --dir /tmp/federation --spec more.yaml --add it.customs"
    })
final class CertsUpdateCommand implements Callable<Integer> {
  private static final int DONE = 0;
  private static final int REFUSED = 1;
  private static final int USAGE = 2;

  @Spec private CommandSpec command;

  @Option(
      names = "--dir",
      paramLabel = "FOLDER",
      required = true,
      description = "The minted federation")
  private Path folder;

  @Option(
      names = "--remove",
      paramLabel = "AGENCY",
      description = "Agency that leaves; may be repeated")
  private List<String> removed = new ArrayList<>();

  @Option(
      names = "--revoke",
      paramLabel = "AGENCY=FILE",
      description = "PEM file of a certificate to revoke; may be repeated")
  private Map<String, Path> revoked = new TreeMap<>();

  @Option(
      names = "--endpoint",
      paramLabel = "AGENCY=HOST:PORT",
      description = "Address at which an agency's gateway listens for peers; may be repeated")
  private Map<String, String> endpoints = new TreeMap<>();

  @Option(
      names = "--add",
      paramLabel = "AGENCY",
      description = "Agency of the specification that joins, with new keys; may be repeated")
  private List<String> added = new ArrayList<>();

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      defaultValue = "${sys:entente.home:-.}/config/federation-demo.yaml",
      description = "The specification for --add. Default: config/federation-demo.yaml")
  private Path specification;

  @Override
  public Integer call() {
    if (removed.isEmpty() && revoked.isEmpty() && endpoints.isEmpty() && added.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "Nothing to change: --remove, --revoke, --endpoint or --add");
    }
    PrintWriter err = command.commandLine().getErr();
    MintedFederation federation;
    try {
      federation = MintedFederation.open(folder, InstantSource.system());
    } catch (IOException e) {
      err.println(CertsCommand.explain(e));
      return REFUSED;
    } catch (InvalidValue e) {
      err.println(folder + ": " + e.getMessage());
      return REFUSED;
    }
    try {
      MintedFederation next = federation.publish(InstantSource.system(), changes(federation));
      PrintWriter to = command.commandLine().getOut();
      to.println("signed " + next.bundle());
      to.flush();
      return DONE;
    } catch (InvalidValue | CertificateException e) {
      err.println(e.getMessage());
      return USAGE;
    } catch (IOException e) {
      err.println(CertsCommand.explain(e));
      return REFUSED;
    }
  }

  private UnaryOperator<BundleEdit> changes(MintedFederation federation)
      throws IOException, CertificateException {
    Map<AgencyName, Fingerprint> fingerprints = new TreeMap<>();
    for (Map.Entry<String, Path> entry : revoked.entrySet()) {
      fingerprints.put(new AgencyName(entry.getKey()), fingerprint(entry.getValue()));
    }
    List<Member> joining = new ArrayList<>();
    for (String agency : added) {
      joining.add(
          federation.admit(
              specified(new AgencyName(agency)), InstantSource.system(), new SecureRandom()));
    }
    return edit -> {
      removed.forEach(agency -> edit.remove(new AgencyName(agency)));
      fingerprints.forEach(edit::revoke);
      endpoints.forEach(
          (agency, at) -> edit.move(new AgencyName(agency), List.of(Endpoint.parse(at))));
      joining.forEach(edit::put);
      return edit;
    };
  }

  private FederationSpec.Agency specified(AgencyName name) {
    YamlReadResult<FederationSpec> reading = FederationSpec.read(specification);
    if (reading instanceof YamlReadResult.Read<FederationSpec> read) {
      return read.value().agencies().stream()
          .filter(agency -> agency.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new InvalidValue("an agency in " + specification, name.value()));
    }
    throw new InvalidValue(
        ((YamlReadResult.Unreadable<FederationSpec>) reading).problems().get(0).toString(),
        name.value());
  }

  private static Fingerprint fingerprint(Path file) throws IOException, CertificateException {
    X509Certificate first = Pem.certificates(Files.readString(file)).get(0);
    return Fingerprint.ofKey(first);
  }
}
