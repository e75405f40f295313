package org.entente.loadtests.isolation;

import io.grpc.netty.GrpcSslContexts;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.entente.gateway.client.Credentials;

/**
 * A member of the federation, with a gateway's valid credentials, that repeats an {@link Attack} on
 * another's port of peers until it is closed.
 */
final class HostileMember implements Hostile {
  private static final int PAUSE_MILLIS = 5;

  private final Attack attack;
  private final InetSocketAddress victim;
  private final SslContext tls;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final List<RawConnection> connections = new ArrayList<>();
  private final AttackThread thread = new AttackThread("hostile member", PAUSE_MILLIS, this::act);

  /**
   * Begins.
   *
   * @param credentials certificate and key of its gateway, and the CA of the victim's agency
   */
  HostileMember(Attack attack, InetSocketAddress victim, Credentials credentials) {
    this.attack = attack;
    this.victim = victim;
    this.tls = tls(credentials);
    thread.start();
  }

  private static SslContext tls(Credentials credentials) {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forClient()
                  .keyManager(credentials.certificate().toFile(), credentials.key().toFile()),
              SslProvider.OPENSSL)
          .protocols("TLSv1.3")
          .trustManager(credentials.authority().toFile())
          .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"})
          .build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("credentials: " + e.getMessage(), e);
    }
  }

  private void act() throws InterruptedException {
    for (RawConnection one : connections) {
      attack.burst(one);
    }
    connections.removeIf(one -> !one.isOpen() && ended.incrementAndGet() > 0);
    if (connections.size() < attack.connections()) {
      connections.add(connect());
      opened.incrementAndGet();
    }
  }

  private RawConnection connect() throws InterruptedException {
    return attack == Attack.SILENT_CONNECTIONS
        ? RawConnection.silent(loop, victim)
        : RawConnection.open(loop, victim, tls);
  }

  @Override
  public String told() {
    return "%d connections opened, %d ended".formatted(opened.get(), ended.get());
  }

  @Override
  public long acts() {
    return opened.get();
  }

  @Override
  public void close() {
    thread.close();
    connections.forEach(RawConnection::close);
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
