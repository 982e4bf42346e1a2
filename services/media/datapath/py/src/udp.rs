//! The UDP socket: many datagrams a system call, both ways.

use libc::{c_int, c_void, cmsghdr, iovec, mmsghdr, msghdr, sockaddr_storage};
use sipulung_datapath_core::demux::LARGEST;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

pub const BATCH: usize = 64;
/// More than the largest that is looked at, so that larger ones are seen to be.
const ROOM: usize = LARGEST + 36;
/// What a burst of a frame to 150 subscribers, or a pause of the thread, needs.
const SOCKET_BUFFER: usize = 8 << 20;
const CONTROL: usize = 64;

/// Control messages begin where a pointer may.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Control([u8; CONTROL]);

impl Control {
    pub const EMPTY: Control = Control([0; CONTROL]);
}

pub struct UdpSocket {
    socket: Socket,
    /// Of an IPv6 socket: it reaches IPv4 by mapped addresses.
    dual: bool,
}

/// Binds, or says which address could not be had.
pub fn bind(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind.nonblocking().cloexec(), Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    if protocol == Protocol::TCP {
        socket.set_reuse_address(true)?;
    }
    let name = if protocol == Protocol::TCP { "TCP" } else { "UDP" };
    socket.bind(&address.into()).map_err(|error| io::Error::new(error.kind(), format!("{name} address {address}: {error}")))?;
    Ok(socket)
}

impl UdpSocket {
    pub fn new(socket: Socket) -> io::Result<UdpSocket> {
        // The kernel gives as much as net.core.rmem_max and wmem_max allow.
        socket.set_recv_buffer_size(SOCKET_BUFFER)?;
        socket.set_send_buffer_size(SOCKET_BUFFER)?;
        let on: c_int = 1;
        // SAFETY: the option takes one int, which lives through the call.
        let result = unsafe {
            let value = (&raw const on).cast::<c_void>();
            libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_RXQ_OVFL, value, size_of::<c_int>() as u32)
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        let dual = local_address(&socket)?.is_ipv6();
        Ok(UdpSocket { socket, dual })
    }

    /// As the kernel wants the address of a datagram that is sent.
    pub fn destination(&self, address: SocketAddr) -> SockAddr {
        match address {
            SocketAddr::V4(v4) if self.dual => {
                SocketAddr::V6(SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0)).into()
            }
            other => other.into(),
        }
    }

    pub fn raw(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

impl AsFd for UdpSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

pub fn local_address(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("the socket has no address"))
}

/// An IPv4 peer of a dual socket by its IPv4 address.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    let mapped = |ip: &Ipv6Addr| ip.to_ipv4_mapped().map(IpAddr::V4);
    match address {
        SocketAddr::V6(v6) => mapped(v6.ip()).map_or(address, |ip| SocketAddr::new(ip, v6.port())),
        SocketAddr::V4(_) => address,
    }
}

/// Buffers of one call that receives. Their addresses are what the kernel writes to: all stay where they were made.
pub struct Inbox {
    buffers: Vec<[u8; ROOM]>,
    names: Vec<sockaddr_storage>,
    controls: Vec<Control>,
    headers: Vec<mmsghdr>,
    vectors: Vec<iovec>,
    lost: u32,
}

pub struct Received {
    pub count: usize,
    /// Datagrams that the kernel had no room for since the last call.
    pub lost: u64,
}

impl Inbox {
    pub fn new() -> Inbox {
        // SAFETY: all zeros are a valid value of these plain structures of C.
        let (name, header, vector) = unsafe { (zeroed::<sockaddr_storage>(), zeroed::<mmsghdr>(), zeroed::<iovec>()) };
        Inbox {
            buffers: vec![[0; ROOM]; BATCH],
            names: vec![name; BATCH],
            controls: vec![Control::EMPTY; BATCH],
            headers: vec![header; BATCH],
            vectors: vec![vector; BATCH],
            lost: 0,
        }
    }

    /// What waits, at most [`BATCH`]; 0 when nothing does.
    pub fn receive(&mut self, socket: &UdpSocket) -> io::Result<Received> {
        for index in 0..BATCH {
            self.vectors[index] = iovec { iov_base: self.buffers[index].as_mut_ptr().cast(), iov_len: ROOM };
            let header = &mut self.headers[index].msg_hdr;
            header.msg_name = (&raw mut self.names[index]).cast();
            header.msg_namelen = size_of::<sockaddr_storage>() as u32;
            header.msg_iov = &raw mut self.vectors[index];
            header.msg_iovlen = 1;
            header.msg_control = (&raw mut self.controls[index]).cast();
            header.msg_controllen = CONTROL as _;
        }
        // SAFETY: every header points to buffers of ours with the lengths that it names.
        let count = unsafe {
            libc::recvmmsg(socket.raw(), self.headers.as_mut_ptr(), BATCH as u32, libc::MSG_DONTWAIT, std::ptr::null_mut())
        };
        if count < 0 {
            let error = io::Error::last_os_error();
            return match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(Received { count: 0, lost: 0 }),
                // An ICMP message to one of the peers, which is no matter of this socket's.
                io::ErrorKind::ConnectionRefused => Ok(Received { count: 0, lost: 0 }),
                _ => Err(error),
            };
        }
        let count = count as usize;
        let total = count.checked_sub(1).and_then(|last| overflow(&self.headers[last].msg_hdr));
        let lost = total.map_or(0, |total| total.wrapping_sub(std::mem::replace(&mut self.lost, total)));
        Ok(Received { count, lost: u64::from(lost) })
    }

    /// One of the datagrams that the last call received, and whose it is; `None` for a family that is not the internet's.
    pub fn datagram(&mut self, index: usize) -> Option<(SocketAddr, &mut [u8])> {
        let name = &self.names[index];
        let address = match c_int::from(name.ss_family) {
            libc::AF_INET => {
                // SAFETY: the kernel wrote a sockaddr_in, as its family says; a storage is large and aligned enough for it.
                let v4 = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in>() };
                SocketAddr::from((v4.sin_addr.s_addr.to_ne_bytes(), u16::from_be(v4.sin_port)))
            }
            libc::AF_INET6 => {
                // SAFETY: as above.
                let v6 = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in6>() };
                let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
                canonical(SocketAddr::V6(SocketAddrV6::new(ip, u16::from_be(v6.sin6_port), 0, v6.sin6_scope_id)))
            }
            _ => return None,
        };
        let length = (self.headers[index].msg_len as usize).min(ROOM);
        Some((address, &mut self.buffers[index][..length]))
    }
}

/// How many the kernel has dropped in all, as the control message SO_RXQ_OVFL says.
fn overflow(header: &msghdr) -> Option<u32> {
    // SAFETY: the kernel filled the control buffer that the header points to, and set its length.
    unsafe {
        let mut control = libc::CMSG_FIRSTHDR(header);
        while !control.is_null() {
            if (*control).cmsg_level == libc::SOL_SOCKET && (*control).cmsg_type == libc::SO_RXQ_OVFL {
                return Some(libc::CMSG_DATA(control).cast::<u32>().read_unaligned());
            }
            control = libc::CMSG_NXTHDR(header, control);
        }
    }
    None
}

/// Writes UDP_SEGMENT (udp(7)) into a control buffer. Returns how much of it is used.
pub fn write_segment_size(control: &mut Control, segment: u16) -> usize {
    // SAFETY: the buffer is aligned for a header and larger than one with two bytes.
    unsafe {
        let header = (&raw mut *control).cast::<cmsghdr>();
        (*header).cmsg_level = libc::SOL_UDP;
        (*header).cmsg_type = libc::UDP_SEGMENT;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
        libc::CMSG_DATA(header).cast::<u16>().write_unaligned(segment);
        libc::CMSG_SPACE(size_of::<u16>() as u32) as usize
    }
}
