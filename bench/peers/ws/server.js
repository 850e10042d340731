// `sub ROOM` puts the connection into a room and is answered by `ok`; `pub ROOM text` sends the text to everybody in it.
const { WebSocketServer } = require('ws');

const rooms = new Map();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  perMessageDeflate: false,
  backlog: 4096,
});

server.on('connection', (socket) => {
  let mine;

  function leave() {
    mine?.delete(socket);
    mine = undefined;
  }

  socket.on('message', (data) => {
    const space = data.indexOf(0x20, 4);
    const room = data.toString('latin1', 4, space < 0 ? data.length : space);
    if (data[0] === 0x73 /* s */) {
      leave();
      if (!rooms.has(room)) rooms.set(room, new Set());
      mine = rooms.get(room).add(socket);
      socket.send('ok');
    } else if (rooms.has(room)) {
      const text = data.subarray(space + 1);
      for (const member of rooms.get(room)) member.send(text, { binary: false });
    }
  });
  socket.on('close', leave);
  socket.on('error', leave);
});
