package org.entente.gateway.node.offline;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.config.ClientList;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.identity.ClientGrant;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ClientDirectory;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.jspecify.annotations.Nullable;

/**
 * Changes the client list of a node, whether or not its gateway runs; a running one follows. Goes
 * on from the list that the gateway accepted last, if the file is older or invalid. Holds a lock
 * until it is closed, so that of two commands none undoes the other's change.
 */
public final class ClientListEditor implements AutoCloseable {
  private static final int CONNECT_MILLIS = 3_000;

  private final ConfiguredFiles files;
  private final Path file;
  private final InstantSource clock;
  private final ClientDirectory directory;
  private final FileChannel lock;
  private @Nullable ClientList stored;

  private ClientListEditor(
      ConfiguredFiles files,
      Path file,
      InstantSource clock,
      ClientDirectory directory,
      FileChannel lock) {
    this.files = files;
    this.file = file;
    this.clock = clock;
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Opens the client list of a node.
   *
   * @param config the node's configuration
   * @throws StartProblem saying what the operator must do
   */
  public static ClientListEditor open(Path config, InstantSource clock) {
    ConfiguredFiles files = ConfiguredFiles.read(config, clock);
    Path file = files.config().clientList();
    if (file == null) {
      throw new StartProblem(
          "client_list: is not configured; add `client_list: clients.yaml` to "
              + config
              + " and restart the gateway once");
    }
    @Nullable FileChannel lock = null;
    try {
      // Before anything is made: what belongs to another user would keep the gateway's user out.
      requireGatewaysUser(files.config(), "client_list");
      lock = locked(file);
      ClientDirectory directory = ClientDirectory.open(files.config());
      ClientListEditor editor = new ClientListEditor(files, file, clock, directory, lock);
      lock = null;
      return editor;
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("client_list", file, e);
    } finally {
      release(lock);
    }
  }

  private static FileChannel locked(Path file) throws IOException {
    PrivateFiles.folder(folder(file));
    FileChannel channel =
        FileChannel.open(
            file.resolveSibling(file.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    boolean held = false;
    try {
      held = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another command in this process; the same to the caller.
      held = false;
    } finally {
      if (!held) {
        channel.close();
      }
    }
    if (!held) {
      throw new StartProblem(
          "client_list: another command changes " + file + " now; try again when it has ended");
    }
    return channel;
  }

  private static Path folder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder above " + file);
    }
    return folder;
  }

  /**
   * A file that belongs to another user would be unreadable to the gateway.
   *
   * @param field the setting whose file is to be written
   */
  static void requireGatewaysUser(NodeConfig config, String field) throws IOException {
    if (!Files.isDirectory(config.audit())) {
      return;
    }
    Path probe = Files.createTempFile("entente-", ".probe");
    try {
      UserPrincipal gateway = Files.getOwner(config.audit());
      UserPrincipal own = Files.getOwner(probe);
      if (!own.equals(gateway)) {
        throw new StartProblem(
            "%s: run this command as %s, the gateway's user; it runs as %s"
                .formatted(field, gateway.getName(), own.getName()));
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static void release(@Nullable FileChannel lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new StartProblem("client_list: the lock cannot be released", e);
      }
    }
  }

  /** Why the file is not what this goes on from; empty if it is. */
  public Optional<String> refusal() {
    return directory.refusal();
  }

  /** The list as it is. */
  public ClientList list() {
    return directory.list();
  }

  /** The clients that the node's configuration holds and the list does not. */
  public List<NodeConfig.Client> configured() {
    Set<String> listed =
        list().clients().stream().map(ClientList.Entry::name).collect(Collectors.toSet());
    return files.config().clients().stream()
        .filter(client -> !listed.contains(client.name()))
        .toList();
  }

  /** All clients, by name: those of the list and, as if they were in it, the configured ones. */
  public List<ClientList.Entry> entries() {
    List<ClientList.Entry> all = new ArrayList<>(list().clients());
    for (NodeConfig.Client one : configured()) {
      all.add(
          new ClientList.Entry(
              one.name(), one.scopes(), one.desks(), one.desksOnly(), List.of(), null));
    }
    all.sort(Comparator.comparing(ClientList.Entry::name));
    return all;
  }

  /** The client of a name; empty if there is none, revoked or not. */
  public Optional<ClientList.Entry> find(String name) {
    return entries().stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** The identity that a client's certificate must have. */
  public SpiffeId identity(NodeName client) {
    return new SpiffeId(
        new FederationName(files.config().federation()),
        new AgencyName(files.config().agency()),
        SpiffeId.Kind.CLIENT,
        client);
  }

  /** The configured passphrase, which the caller closes; null where none is configured. */
  @Nullable
  public SecretBytes passphrase() {
    return files.passphrase();
  }

  /**
   * Requires a certificate that the gateway would accept as a client's.
   *
   * @throws StartProblem saying why it would not
   */
  public void requireAccepted(NodeName client, List<X509Certificate> chain) {
    Result<Identified> identified =
        ClientRegistry.of(
                new AgencyName(files.config().agency()),
                List.of(new ClientGrant(client, Set.of(Scope.PUBLISH))))
            .identify(chain, files.verifiedBundle(), clock.instant());
    identified
        .refusal()
        .ifPresent(
            problem -> {
              throw new StartProblem(
                  "the gateway would refuse the certificate: " + problem.message());
            });
  }

  /**
   * The CAs by which a client knows its gateway, now and during a change of the CA: the one that
   * issued its certificate, then the others of the agency in the trust bundle that are valid now.
   */
  public List<X509Certificate> authorities(X509Certificate issuer) {
    Set<X509Certificate> all = new LinkedHashSet<>(List.of(issuer));
    files.verifiedBundle().agency(new AgencyName(files.config().agency())).stream()
        .flatMap(member -> member.authoritiesAt(clock.instant()).stream())
        .forEach(all::add);
    return List.copyOf(all);
  }

  /** A certificate as an entry holds it. */
  public static ClientList.Certificate listed(X509Certificate certificate) {
    CertificateValidity validity = CertificateValidity.of(certificate);
    try {
      return new ClientList.Certificate(
          HexFormat.of().formatHex(Sha256.hash(certificate.getEncoded())),
          certificate.getSerialNumber().toString(16),
          validity.from(),
          validity.until());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed encodes", e);
    }
  }

  /**
   * Requires that an entry can be put into the list.
   *
   * @throws StartProblem naming what is wrong
   */
  public void requireValid(ClientList.Entry entry) {
    ClientDirectory.requireValid(files.config(), with(entry, "check"));
  }

  /**
   * Puts an entry into the list, in the place of one of its name. Durable on return; a running
   * gateway follows within seconds, as {@link #adoption} says.
   *
   * @param by who changes it
   * @throws StartProblem naming what is wrong; if that is the entry, nothing is written
   */
  public void put(ClientList.Entry entry, String by) {
    ClientList next = with(entry, by);
    ClientDirectory.requireValid(files.config(), next);
    try {
      ClientDirectory.write(files.config(), file, next);
      stored = next;
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("client_list", file, e);
    }
  }

  /** The list that this stored last; empty if it changed nothing. */
  public Optional<ClientList> stored() {
    return Optional.ofNullable(stored);
  }

  /** Whether a gateway has put the stored list in force. */
  public enum Adoption {
    /** A gateway confirms the list, or a later one. */
    IN_FORCE,
    /** Nothing listens at the gateway's admin port: its start will put the list in force. */
    STOPPED,
    /** A gateway runs, or may run, and has not confirmed the list. */
    PENDING
  }

  /** Whether a gateway has put the stored list in force; valid also after the lock is released. */
  public Adoption adoption() {
    long version = stored == null ? 0 : stored.version();
    if (ClientDirectory.accepted(files.config()).version() >= version) {
      return Adoption.IN_FORCE;
    }
    return mayRun() ? Adoption.PENDING : Adoption.STOPPED;
  }

  /** Port 0 is another one at each start, and says nothing. */
  private boolean mayRun() {
    InetSocketAddress admin =
        ConfiguredFiles.address("listen.admin", files.config().listen().admin());
    if (admin.getPort() == 0) {
      return true;
    }
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      socket.connect(admin, CONNECT_MILLIS);
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      // No answer is no proof that it stopped.
      return true;
    }
  }

  private ClientList with(ClientList.Entry entry, String by) {
    List<ClientList.Entry> all = new ArrayList<>(list().clients());
    all.removeIf(one -> one.name().equals(entry.name()));
    all.add(entry);
    all.sort(Comparator.comparing(ClientList.Entry::name));
    try {
      return new ClientList(list().version() + 1, clock.instant(), by, all);
    } catch (IllegalArgumentException e) {
      throw new StartProblem("client_list: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    release(lock);
  }
}
